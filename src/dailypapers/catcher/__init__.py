"""The mail catcher, for the demo, for tests and for trying things out; never for real mail.

It is an SMTP server that forwards nothing (`server`), the pages that show what it keeps (`pages`), the web application
that serves them (`web`), and all of it as one program (`serve`), which `dailypapers catch` starts.
"""
