"""A flow as a picture: `svg.draw` for people, `mermaid.write` for pages that draw Mermaid text.

`graph` says what is drawn, `layout` and its helpers where, `svg` and `mermaid` write it down. The layout
is our own, because the one kept pure-Python library (grandalf, GPL or EPL, alpha) knows neither labels nor
ports on the sides of boxes, and graphviz is a system binary.
"""
