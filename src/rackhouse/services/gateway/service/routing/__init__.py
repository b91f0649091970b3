"""Who may answer: the file's candidates, judged by what is asked and by how upstreams are."""
