"""What is done with a question: plan, loop, tools; and what a person keeps."""
