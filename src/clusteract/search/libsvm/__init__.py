"""Support vector regression for many settings at once, with the bits of libsvm."""
