"""Spark Structured Streaming over the stations' messages: bikes of the city, and empty stations, by quarter of an hour.

    python examples/spark_stations.py --kafka broker:9092          # with Spark's Kafka package on the class path
    python examples/spark_stations.py --files folder --until-end   # files of messages, one JSON object a line

A message may come twice (the export sends a poll again after a failure): the stream is freed of repetitions first.
"""

from __future__ import annotations

import argparse
import sys

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

VERSION = 1
SCHEMA = """v int, system string, station_id string, observed_at timestamp, window timestamp, bikes int, docks int,
ebikes int, capacity int, reported_at timestamp, installed boolean, renting boolean, returning boolean"""
LATE = "20 minutes"  # messages that come later than this count no more


def main() -> None:
    """Read, sum up, print; until stopped, or until the files are read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--kafka", metavar="BOOTSTRAP")
    source.add_argument("--files", metavar="FOLDER")
    parser.add_argument("--topic", default="pedalcast.stations")
    parser.add_argument("--out", metavar="FOLDER", help="write JSON files there instead of printing")
    parser.add_argument("--until-end", action="store_true", help="end when everything that is there was read")
    options = parser.parse_args()
    spark = session()
    stations = from_kafka(spark, options.kafka, options.topic) if options.kafka else from_files(spark, options.files)
    writing = quarters(stations).writeStream.outputMode("append" if options.out else "complete")
    if options.out:
        writing = writing.format("json").option("path", options.out).option("checkpointLocation", f"{options.out}/.at")
    else:
        writing = writing.format("console").option("truncate", "false")
    if options.until_end:
        writing = writing.trigger(availableNow=True)
    writing.start().awaitTermination()
    spark.stop()


def session() -> SparkSession:
    """Spark on this machine, or on the cluster that `spark-submit` names."""
    building = SparkSession.builder.appName("pedalcast-stations").config("spark.sql.session.timeZone", "UTC")
    return building.config("spark.sql.shuffle.partitions", "2").getOrCreate()


def from_files(spark: SparkSession, folder: str) -> DataFrame:
    """Messages from files that appear in a folder."""
    return _of_version(spark.readStream.schema(SCHEMA).json(folder))


def from_kafka(spark: SparkSession, bootstrap: str, topic: str) -> DataFrame:
    """Messages from the topic, from its beginning."""
    reading = spark.readStream.format("kafka").option("kafka.bootstrap.servers", bootstrap)
    raw = reading.option("subscribe", topic).option("startingOffsets", "earliest").load()
    return _of_version(raw.select(f.from_json(f.col("value").cast("string"), SCHEMA).alias("m")).select("m.*"))


def quarters(stations: DataFrame) -> DataFrame:
    """By quarter of an hour: polls seen, bikes at all stations on average, and the share of stations without one."""
    once = stations.withWatermark("observed_at", LATE).dropDuplicatesWithinWatermark(["station_id", "observed_at"])
    polls = f.approx_count_distinct("observed_at")
    figures: list[Column] = [
        polls.alias("polls"),
        (f.sum("bikes") / polls).alias("bikes"),
        f.avg((f.col("bikes") == 0).cast("double")).alias("empty"),
    ]
    grouped = once.groupBy("system", f.window("observed_at", "15 minutes").alias("quarter")).agg(*figures)
    return grouped.select("system", f.col("quarter.start").alias("start"), "polls", "bikes", "empty")


def _of_version(stations: DataFrame) -> DataFrame:
    return stations.where(f.col("v") == VERSION)


if __name__ == "__main__":
    sys.exit(main())
