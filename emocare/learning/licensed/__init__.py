"""Data sets under licence: loaders, figures, training and evaluation of one head per scale.

Every loader takes the path of a copy that the user holds; nothing is downloaded. No data set is
part of the repository, and the tests use made-up files of the published shape.
"""
