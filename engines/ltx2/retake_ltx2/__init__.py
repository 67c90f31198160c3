"""LTX-2 as an engine of Retake: a program that speaks version 1 of the engine protocol (docs/engine-protocol.md).

From left to right: ``__main__`` reads settings and starts ``worker``, which speaks the protocol through ``lines`` and
gives each job to ``retake``; that reads ``footage``, places masks by ``grid``, and runs the parts of ``models``.
Everything of torch is imported with the first ``load``, so that ``hello`` is answered at once.
"""

__version__ = "1.0.0"
