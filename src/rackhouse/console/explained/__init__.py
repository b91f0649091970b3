"""What an application becomes, line by line: the page of `rackhouse explain`."""
