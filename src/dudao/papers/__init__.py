"""Official papers (文书): drafted from what the platform knows, checked, signed, numbered, issued as frozen PDF/A, signed for.

What a paper says is made by the app that has the facts; here is its life, its number, its files and its receivers.
"""
