"""`backup` and `restore`: everything a rack of one holds, in one encrypted file, and back.

`sealed` is the file's encryption, `bundle` what lies in it; `postgres`, `cache`, `objects` and
`files` each put their part in and bring it back; `sums` says what is in a part, so that a restore
proves itself. `make` and `restore` are the two use cases.
"""
