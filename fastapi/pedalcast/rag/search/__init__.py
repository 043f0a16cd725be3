"""What a pipeline does with a question: search passages, quote them, judge whether they answer it."""
