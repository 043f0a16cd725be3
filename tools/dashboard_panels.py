"""What Grafana's dashboards ask, panel by panel; `tools.dashboards` writes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DashboardPanel:
    """A graph: `queries` as (expression, legend), `unit` as Grafana names it, `about` for whoever wonders."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of panels, two a row, in `<uid>.json`."""

    uid: str
    title: str
    panels: tuple[DashboardPanel, ...]


PEOPLE = 'handler=~"/api/v1/(board|chat|chatbot|reports|notifications|favourites|auth|triple).*"'

DASHBOARDS = (
    Dashboard(
        "machines",
        "Machines",
        (
            DashboardPanel("Processors", "percentunit", (("instance:node_cpu_busy:ratio_rate5m", "{{instance}}"),)),
            DashboardPanel("Memory in use", "percentunit", (("instance:node_memory_used:ratio", "{{instance}}"),)),
            DashboardPanel(
                "Disk reads and writes",
                "Bps",
                (
                    ("sum by (instance) (rate(node_disk_read_bytes_total[$__rate_interval]))", "{{instance}} read"),
                    ("sum by (instance) (rate(node_disk_written_bytes_total[$__rate_interval]))", "{{instance}} write"),
                ),
            ),
            DashboardPanel(
                "Disks busy",
                "percentunit",
                (
                    (
                        "max by (instance, device) (rate(node_disk_io_time_seconds_total[$__rate_interval]))",
                        "{{instance}} {{device}}",
                    ),
                ),
            ),
            DashboardPanel(
                "Network",
                "Bps",
                (
                    (
                        (
                            "sum by (instance) "
                            '(rate(node_network_receive_bytes_total{device!~"lo|ifb.*|veth.*"}[$__rate_interval]))'
                        ),
                        "{{instance}} in",
                    ),
                    (
                        (
                            "sum by (instance) "
                            '(rate(node_network_transmit_bytes_total{device!~"lo|ifb.*|veth.*"}[$__rate_interval]))'
                        ),
                        "{{instance}} out",
                    ),
                ),
            ),
            DashboardPanel(
                "Disk space in use",
                "percentunit",
                (("instance_mountpoint:node_filesystem_used:ratio", "{{instance}} {{mountpoint}}"),),
            ),
        ),
    ),
    Dashboard(
        "api",
        "API",
        (
            DashboardPanel(
                "Requests",
                "reqps",
                (("topk(10, job_handler:pedalcast_requests:rate5m)", "{{handler}}"),),
                "Routed requests and those answered from kept bytes.",
            ),
            DashboardPanel(
                "p95 of routed requests",
                "s",
                (
                    ("job:http_request_duration_seconds:p95_rate5m", "all"),
                    ("topk(10, job_handler:http_request_duration_seconds:p95_rate5m)", "{{handler}}"),
                ),
            ),
            DashboardPanel(
                "p95 of requests answered from kept bytes",
                "s",
                (("job_handler:pedalcast_front_request_seconds:p95_rate5m", "{{handler}}"),),
                "Inside the service: from a request's arrival to its answer's handing over.",
            ),
            DashboardPanel(
                "Errors by route",
                "reqps",
                (("job_handler:pedalcast_request_errors:rate5m", "{{handler}}"),),
                "Statuses of 500 and above.",
            ),
            DashboardPanel("Share of errors", "percentunit", (("job:pedalcast_request_errors:ratio_rate5m", "5xx"),)),
            DashboardPanel(
                "Inference",
                "s",
                (
                    ('job_part:pedalcast_cycle_seconds:p95_rate15m{part="predict"}', "p95"),
                    (
                        (
                            'sum(rate(pedalcast_cycle_seconds_sum{part="predict"}[15m])) '
                            '/ sum(rate(pedalcast_cycle_seconds_count{part="predict"}[15m]))'
                        ),
                        "mean",
                    ),
                ),
                "All stations, all horizons, once a poll.",
            ),
            DashboardPanel(
                "Memory of each process",
                "bytes",
                (("process_resident_memory_bytes", "{{job}} {{instance}} {{process}}"),),
            ),
            DashboardPanel(
                "Processors used by each process",
                "percentunit",
                (("rate(process_cpu_seconds_total[$__rate_interval])", "{{job}} {{instance}} {{process}}"),),
            ),
        ),
    ),
    Dashboard(
        "people",
        "Board and chats",
        (
            DashboardPanel(
                "Requests of people",
                "reqps",
                ((f"sum by (handler) (rate(http_requests_total{{{PEOPLE}}}[$__rate_interval]))", "{{handler}}"),),
            ),
            DashboardPanel(
                "Refused and failed",
                "reqps",
                (
                    (
                        f'sum by (status) (rate(http_requests_total{{status=~"[45]..", {PEOPLE}}}[$__rate_interval]))',
                        "{{status}}",
                    ),
                ),
            ),
            DashboardPanel(
                "Questions by how they ended",
                "reqps",
                (
                    (
                        "sum by (answered_by, outcome) (rate(pedalcast_chat_requests_total[$__rate_interval]))",
                        "{{answered_by}}: {{outcome}}",
                    ),
                ),
            ),
            DashboardPanel(
                "Time to an answer, p95",
                "s",
                (
                    (
                        (
                            "histogram_quantile(0.95, sum by (route, le) "
                            "(rate(pedalcast_chat_seconds_bucket[$__rate_interval])))"
                        ),
                        "{{route}}",
                    ),
                ),
            ),
            DashboardPanel(
                "Database connections",
                "short",
                (
                    ("sum by (job) (pedalcast_database_connections_in_use)", "in use"),
                    ("sum by (job) (pedalcast_database_connections_open)", "open"),
                    ("sum by (job) (pedalcast_database_waiting)", "requests waiting"),
                ),
            ),
        ),
    ),
    Dashboard(
        "pipeline",
        "Pipeline and models",
        (
            DashboardPanel(
                "Age of polls and forecasts",
                "s",
                (
                    ("min(pedalcast_poll_age_seconds)", "newest poll"),
                    ("min(pedalcast_forecast_age_seconds)", "forecasts"),
                ),
            ),
            DashboardPanel(
                "Records rejected, by reason",
                "short",
                (
                    (
                        (
                            "max by (reason) (increase(pedalcast_poll_rejected_by_reason_total[1h])) or "
                            "0 * max(pedalcast_poll_published_total)"
                        ),
                        "{{reason}}",
                    ),
                ),
                "A zero where nothing was ever rejected.",
            ),
            DashboardPanel("Polls failed in a row", "short", (("max(pedalcast_poll_failures_in_a_row)", "failures"),)),
            DashboardPanel(
                "A cycle's parts, p95",
                "s",
                (("job_part:pedalcast_cycle_seconds:p95_rate15m", "{{part}}"),),
            ),
            DashboardPanel(
                "Error of matured forecasts",
                "short",
                (('max by (horizon) (pedalcast_model_live_score{score="mae_median"})', "{{horizon}} min"),),
                "Mean absolute error in bikes, over the last day.",
            ),
            DashboardPanel(
                "Lift over the last value",
                "percentunit",
                (('max by (horizon) (pedalcast_model_live_score{score="lift"})', "{{horizon}} min"),),
                "The share of persistence's error that the champion saves.",
            ),
            DashboardPanel(
                "Jobs",
                "short",
                (
                    ("sum(pedalcast_jobs_running)", "running"),
                    ("sum by (kind, outcome) (pedalcast_jobs_total)", "{{kind}} {{outcome}}"),
                ),
            ),
            DashboardPanel(
                "Background workers, time since a round",
                "s",
                (("max by (worker) (pedalcast_worker_round_age_seconds)", "{{worker}}"),),
            ),
        ),
    ),
    Dashboard(
        "redis",
        "Redis",
        (
            DashboardPanel(
                "Memory",
                "bytes",
                (
                    ("redis_memory_used_bytes", "used"),
                    ("redis_memory_used_rss_bytes", "resident"),
                ),
            ),
            DashboardPanel("Memory in use", "percentunit", (("instance:redis_memory_used:ratio", "{{instance}}"),)),
            DashboardPanel("Keys", "short", (("sum by (db) (redis_db_keys)", "{{db}}"),)),
            DashboardPanel(
                "Hit ratio", "percentunit", (("instance:redis_keyspace_hits:ratio_rate5m", "{{instance}}"),)
            ),
            DashboardPanel(
                "Commands", "ops", (("rate(redis_commands_processed_total[$__rate_interval])", "{{instance}}"),)
            ),
            DashboardPanel(
                "Clients",
                "short",
                (("redis_connected_clients", "connected"), ("redis_blocked_clients", "blocked")),
            ),
        ),
    ),
)
