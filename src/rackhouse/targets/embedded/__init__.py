"""Small programs that units run before or instead of an embedded part's own. They know no rack."""
