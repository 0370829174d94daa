// The names of the worker's metrics; see task_families.h. For this folder's files only.
#ifndef SLUICE_RUNTIME_METRICS_WORKER_FAMILIES_H_
#define SLUICE_RUNTIME_METRICS_WORKER_FAMILIES_H_

#include "runtime/metrics/family.h"

namespace sluice::metrics {

inline constexpr Family kWorkerFamilies[] = {
    {"kafka_connect_worker_connector_count", Type::kUntyped, "Connectors on this worker."},
    {"kafka_connect_worker_task_count", Type::kUntyped, "Tasks on this worker."},
    {"kafka_connect_worker_connector_startup_attempts_total", Type::kCounter,
     "Starts of connectors."},
    {"kafka_connect_worker_connector_startup_success_total", Type::kCounter,
     "Starts of connectors that succeeded."},
    {"kafka_connect_worker_connector_startup_success_percentage", Type::kGauge,
     "The share of connector starts that succeeded, 0 to 1."},
    {"kafka_connect_worker_connector_startup_failure_total", Type::kCounter,
     "Starts of connectors that failed."},
    {"kafka_connect_worker_connector_startup_failure_percentage", Type::kGauge,
     "The share of connector starts that failed, 0 to 1."},
    {"kafka_connect_worker_task_startup_attempts_total", Type::kCounter, "Starts of tasks."},
    {"kafka_connect_worker_task_startup_success_total", Type::kCounter,
     "Starts of tasks that succeeded."},
    {"kafka_connect_worker_task_startup_success_percentage", Type::kGauge,
     "The share of task starts that succeeded, 0 to 1."},
    {"kafka_connect_worker_task_startup_failure_total", Type::kCounter,
     "Starts of tasks that failed."},
    {"kafka_connect_worker_task_startup_failure_percentage", Type::kGauge,
     "The share of task starts that failed, 0 to 1."},
};

inline constexpr Family kTaskCountFamilies[] = {
    {"kafka_connect_worker_connector_total_task_count", Type::kUntyped,
     "The connector's tasks on this worker."},
    {"kafka_connect_worker_connector_running_task_count", Type::kUntyped,
     "The connector's running tasks on this worker."},
    {"kafka_connect_worker_connector_paused_task_count", Type::kUntyped,
     "The connector's paused tasks on this worker."},
    {"kafka_connect_worker_connector_failed_task_count", Type::kUntyped,
     "The connector's failed tasks on this worker."},
    {"kafka_connect_worker_connector_unassigned_task_count", Type::kUntyped,
     "The connector's tasks on this worker that are starting or stopping."},
    {"kafka_connect_worker_connector_destroyed_task_count", Type::kUntyped,
     "The connector's deleted tasks on this worker: always 0, they are forgotten at once."},
    {"kafka_connect_worker_connector_restarting_task_count", Type::kUntyped,
     "The connector's restarting tasks on this worker."},
};

inline constexpr Family kRebalanceFamilies[] = {
    {"kafka_connect_worker_rebalance_leader_name", Type::kUntyped, "The URL of the group's leader.",
     "leader_name"},
    {"kafka_connect_worker_rebalance_connect_protocol", Type::kUntyped, "The group's protocol.",
     "connect_protocol"},
    {"kafka_connect_worker_rebalance_epoch", Type::kGauge, "The group's generation."},
    {"kafka_connect_worker_rebalance_completed_rebalances_total", Type::kCounter,
     "Rebalances that this worker has completed."},
    {"kafka_connect_worker_rebalance_rebalancing", Type::kGauge, "1 during a rebalance."},
    {"kafka_connect_worker_rebalance_rebalance_max_time_ms", Type::kGauge,
     "The longest rebalance, in milliseconds."},
    {"kafka_connect_worker_rebalance_rebalance_avg_time_ms", Type::kGauge,
     "The average time of a rebalance, in milliseconds."},
    {"kafka_connect_worker_rebalance_time_since_last_rebalance_ms", Type::kGauge,
     "Time since the last rebalance in milliseconds; infinite before the first."},
};

inline constexpr Family kCoordinatorFamilies[] = {
    {"kafka_connect_coordinator_assigned_connectors", Type::kGauge,
     "Connectors assigned to this worker."},
    {"kafka_connect_coordinator_assigned_tasks", Type::kGauge, "Tasks assigned to this worker."},
    {"kafka_connect_coordinator_heartbeat_response_time_max", Type::kGauge,
     "The longest wait for the answer to a heartbeat, in milliseconds."},
    {"kafka_connect_coordinator_heartbeat_rate", Type::kGauge, "Heartbeats a second."},
    {"kafka_connect_coordinator_heartbeat_total", Type::kCounter, "Heartbeats that were answered."},
    {"kafka_connect_coordinator_last_heartbeat_seconds_ago", Type::kGauge,
     "Seconds since the last answered heartbeat; -1 before the first."},
    {"kafka_connect_coordinator_join_time_avg", Type::kGauge,
     "The average time of a JoinGroup, in milliseconds."},
    {"kafka_connect_coordinator_join_time_max", Type::kGauge,
     "The longest JoinGroup, in milliseconds."},
    {"kafka_connect_coordinator_join_rate", Type::kGauge, "Joins a second."},
    {"kafka_connect_coordinator_join_total", Type::kCounter, "Joins of the group."},
    {"kafka_connect_coordinator_sync_time_avg", Type::kGauge,
     "The average time of a SyncGroup, in milliseconds."},
    {"kafka_connect_coordinator_sync_time_max", Type::kGauge,
     "The longest SyncGroup, in milliseconds."},
    {"kafka_connect_coordinator_sync_rate", Type::kGauge, "Syncs a second."},
    {"kafka_connect_coordinator_sync_total", Type::kCounter, "Syncs of the group."},
    {"kafka_connect_coordinator_rebalance_latency_avg", Type::kGauge,
     "The average time of a rebalance of this member, in milliseconds."},
    {"kafka_connect_coordinator_rebalance_latency_max", Type::kGauge,
     "The longest one, in milliseconds."},
    {"kafka_connect_coordinator_rebalance_latency_total", Type::kCounter,
     "All of them together, in milliseconds."},
    {"kafka_connect_coordinator_rebalance_total", Type::kCounter,
     "Rebalances that this member has been through."},
    {"kafka_connect_coordinator_rebalance_rate_per_hour", Type::kGauge, "Rebalances an hour."},
    {"kafka_connect_coordinator_failed_rebalance_total", Type::kCounter,
     "Rebalances that failed and were tried again."},
    {"kafka_connect_coordinator_failed_rebalance_rate_per_hour", Type::kGauge,
     "Failed rebalances an hour."},
    {"kafka_connect_coordinator_last_rebalance_seconds_ago", Type::kGauge,
     "Seconds since the last rebalance; -1 before the first."},
};

inline constexpr Family kAppFamilies[] = {
    {"kafka_connect_start_time_seconds", Type::kGauge, "Unix time of the worker's start."},
    {"kafka_connect_version_info", Type::kUntyped,
     "The Kafka Connect version whose contract the worker has.", "version"},
    {"kafka_connect_commit_id_info", Type::kUntyped, "The commit of that version.", "commit_id"},
};

inline constexpr Family kConnectorFamilies[] = {
    {"kafka_connect_connector_connector_class", Type::kGauge, "The connector's class.",
     "connector_class"},
    {"kafka_connect_connector_connector_type", Type::kGauge, "source or sink.", "connector_type"},
    {"kafka_connect_connector_connector_version", Type::kGauge, "The connector's version.",
     "connector_version"},
    {"kafka_connect_connector_status", Type::kGauge,
     "The connector's state, in the label: unassigned, running, paused, stopped, failed, "
     "restarting.",
     "status"},
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_WORKER_FAMILIES_H_
