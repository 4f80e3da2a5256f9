# `make run` and `make test` are all one needs; the rest are their parts.
PYTHON ?= python3
