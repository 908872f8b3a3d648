"""The program that draws the pages of one PDF, in a process of its own: `python -I -S <folder>`.

PDFs come from anywhere, and the C++ library that draws them cannot be interrupted, called from two
threads, or held to a limit of memory: a process can. Its modules import nothing of ours but each
other, as neighbours in one folder, so that it starts in a fraction of the time.
"""
