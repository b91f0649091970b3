"""What people see of study: asking, what they asked, what is remembered, what they handed out."""
