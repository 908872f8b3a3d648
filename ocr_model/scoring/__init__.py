"""Turn rows and references into scores. Knows neither engines nor pictures."""
