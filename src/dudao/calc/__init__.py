"""Pure calculations: no Django, no database, no clock, no files, no unseeded randomness.

Everything here is a function of its arguments, so the web pages, the command line and the tests
use the same code. Reading requests, storing rows and rendering is left to the packages above.
"""
