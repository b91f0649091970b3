"""What the pages of our services share: one stylesheet, its script, and the frame of a page.

`assets` serves files by their digest, `pages` renders and guards what is sent. A service adds its
own files and templates to these.
"""
