"""The facts: what is known of each operator, with its source, its day and how sure it is.

``loading.load`` reads the files beside this module and a site's own; ``catalogue.Catalogue`` looks
an operator up; ``ways.ways`` puts the ways to top up in order for one person.
"""
