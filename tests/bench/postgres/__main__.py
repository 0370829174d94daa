"""tools/bench postgres: a million orders into a table, and out of one, here and by Java's connectors."""

import argparse
import os
import pathlib

from orders import PORTS
from plugins import java_plugins
from sink import Sink
from source import Source


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["sink", "source"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--no-java", action="store_true")
    parser.add_argument("--source-jars", type=pathlib.Path,
                        help="a folder with the jars of Confluent's JDBC source, which no registry has (tests/bench/README.md)")
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    folder = pathlib.Path(os.environ["SLUICE_ROOT"]) / ".bench"
    plugins = None if options.no_java else java_plugins(folder, options.source_jars)
    lines = []
    for part, has_java in ((Sink, True), (Source, options.source_jars is not None)):
        if options.only in (None, part.__name__.lower()):
            systems = [system for system in PORTS if system != "java" or has_java and not options.no_java]
            bench = part(folder, options.records, plugins)
            lines += ["", *bench.table(bench.run(systems, options.rounds))]
    print("\n".join(lines[1:]))
    if options.markdown:
        options.markdown.write_text("\n".join(lines[1:]) + "\n")


if __name__ == "__main__":
    main()
