"""Page images of forms -> {question: [answers]}, as an MLflow model that pins its prompt."""
