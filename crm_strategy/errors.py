"""What can go wrong, in words a consultant can act on."""


class CrmStrategyError(Exception):
    """A message for the reader: where, what, how many, the first example, the remedy."""

    exit_code = 2


class ParamsError(CrmStrategyError):
    """The parameters file is wrong; the message names file, line, path and remedy."""


class DataError(CrmStrategyError):
    """The client's data are wrong; the message names file, column, count and remedy."""


class ReportError(CrmStrategyError):
    """A report failed while it was made; the message names chapter, cell and remedy."""

    exit_code = 1
