"""Link words with boxes into questions and answers by trained stages; the served half."""
