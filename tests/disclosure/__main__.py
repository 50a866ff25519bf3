"""Many small clients, read as `test_small_groups` reads one: seed,size,kinds, or params.

python -m tests.disclosure 1,150,default 4,400,many params/demo.yml
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.disclosure.chapters import read_chapters
from tests.disclosure.clients import write_client
from tests.disclosure.customers import Customers
from tests.disclosure.differences import Report
from tests.disclosure.told import told_numbers

LEAST = 10

for client in sys.argv[1:]:
    with TemporaryDirectory() as folder:
        path = Path(client)
        if path.suffix != ".yml":
            seed, size, kinds = client.split(",")
            path = write_client(Path(folder) / "shop", int(seed), int(size), kinds)
        customers = Customers(read_chapters(path))
    report = Report(customers, told_numbers(customers))
    found = [*report.wrong(), *report.small(LEAST), *report.pairs(LEAST), *report.together(LEAST)]
    counted = f"{len(report.numbers)} numbers, {int(report.within.sum())} within another"
    sys.stdout.write(f"{client}: {counted}, {len(found)} to mend\n")
    sys.stdout.writelines(f"    {each}\n" for each in found)
