// The names of a task's metrics, as Strimzi's JMX exporter rules make them of Apache Kafka
// Connect's; what these rules leave out is named in the same way. In the order in which
// task_metrics.cc reads them. For this folder's files only.
#ifndef SLUICE_RUNTIME_METRICS_TASK_FAMILIES_H_
#define SLUICE_RUNTIME_METRICS_TASK_FAMILIES_H_

#include "runtime/metrics/family.h"

namespace sluice::metrics {

inline constexpr Family kTaskFamilies[] = {
    {"kafka_connect_connector_task_status", Type::kGauge,
     "The task's state, in the label: unassigned, running, paused, failed, restarting.", "status"},
    {"kafka_connect_connector_task_running_ratio", Type::kGauge,
     "The share of time that the task was running."},
    {"kafka_connect_connector_task_pause_ratio", Type::kGauge,
     "The share of time that the task was paused."},
    {"kafka_connect_connector_task_offset_commit_max_time_ms", Type::kGauge,
     "The longest offset commit that succeeded, in milliseconds."},
    {"kafka_connect_connector_task_offset_commit_avg_time_ms", Type::kGauge,
     "The average time of offset commits that succeeded, in milliseconds."},
    {"kafka_connect_connector_task_offset_commit_success_percentage", Type::kGauge,
     "The share of offset commits that succeeded, 0 to 1."},
    {"kafka_connect_connector_task_offset_commit_failure_percentage", Type::kGauge,
     "The share of offset commits that failed, 0 to 1."},
    {"kafka_connect_connector_task_batch_size_max", Type::kGauge,
     "The most records in a batch (source: polled; sink: put)."},
    {"kafka_connect_connector_task_batch_size_avg", Type::kGauge,
     "The average number of records in a batch (source: polled; sink: put)."},
    {"kafka_connect_connector_task_connector_class", Type::kGauge, "The connector's class.",
     "connector_class"},
    {"kafka_connect_connector_task_connector_version", Type::kGauge, "The connector's version.",
     "connector_version"},
    {"kafka_connect_connector_task_connector_type", Type::kGauge, "source or sink.",
     "connector_type"},
    {"kafka_connect_connector_task_task_class", Type::kGauge, "The task's class.", "task_class"},
    {"kafka_connect_connector_task_task_version", Type::kGauge, "The task's version.",
     "task_version"},
    {"kafka_connect_connector_task_key_converter_class", Type::kGauge, "The key converter's class.",
     "key_converter_class"},
    {"kafka_connect_connector_task_key_converter_version", Type::kGauge,
     "The key converter's version.", "key_converter_version"},
    {"kafka_connect_connector_task_value_converter_class", Type::kGauge,
     "The value converter's class.", "value_converter_class"},
    {"kafka_connect_connector_task_value_converter_version", Type::kGauge,
     "The value converter's version.", "value_converter_version"},
    {"kafka_connect_connector_task_header_converter_class", Type::kGauge,
     "The header converter's class.", "header_converter_class"},
    {"kafka_connect_connector_task_header_converter_version", Type::kGauge,
     "The header converter's version.", "header_converter_version"},
    // Ours
    {"kafka_connect_connector_task_records_dropped_total", Type::kCounter,
     "Records that a transform filtered, or that failed and were tolerated."},
    {"kafka_connect_connector_task_in_flight_bytes", Type::kGauge,
     "Bytes of batches that are polled and not acknowledged (source) or retained (sink)."},
    {"kafka_connect_connector_task_last_progress_timestamp_seconds", Type::kGauge,
     "Unix time of the last record that reached Kafka (source) or the sink; 0: none yet."},
};

inline constexpr Family kSourceFamilies[] = {
    {"kafka_connect_source_task_source_record_poll_rate", Type::kGauge,
     "Records polled a second, before transforms."},
    {"kafka_connect_source_task_source_record_poll_total", Type::kCounter,
     "Records polled, before transforms."},
    {"kafka_connect_source_task_source_record_write_rate", Type::kGauge,
     "Records acknowledged by Kafka a second."},
    {"kafka_connect_source_task_source_record_write_total", Type::kCounter,
     "Records acknowledged by Kafka."},
    {"kafka_connect_source_task_poll_batch_max_time_ms", Type::kGauge,
     "The longest poll that returned records, in milliseconds."},
    {"kafka_connect_source_task_poll_batch_avg_time_ms", Type::kGauge,
     "The average time of polls that returned records, in milliseconds."},
    {"kafka_connect_source_task_source_record_active_count", Type::kUntyped,
     "Records that are polled and not yet acknowledged or dropped."},
    {"kafka_connect_source_task_source_record_active_count_max", Type::kGauge,
     "The most records that were polled and not yet acknowledged or dropped."},
    {"kafka_connect_source_task_source_record_active_count_avg", Type::kGauge,
     "The average number of records polled and not yet acknowledged or dropped."},
    // Ours
    {"kafka_connect_source_task_end_to_end_latency_seconds", Type::kHistogram,
     "Time from a record's poll to Kafka's acknowledgement."},
};

inline constexpr Family kSinkFamilies[] = {
    {"kafka_connect_sink_task_sink_record_read_rate", Type::kGauge,
     "Records consumed a second, before transforms."},
    {"kafka_connect_sink_task_sink_record_read_total", Type::kCounter,
     "Records consumed, before transforms."},
    {"kafka_connect_sink_task_sink_record_send_rate", Type::kGauge, "Records put a second."},
    {"kafka_connect_sink_task_sink_record_send_total", Type::kCounter, "Records put."},
    {"kafka_connect_sink_task_put_batch_max_time_ms", Type::kGauge,
     "The longest put that succeeded, in milliseconds."},
    {"kafka_connect_sink_task_put_batch_avg_time_ms", Type::kGauge,
     "The average time of puts that succeeded, in milliseconds."},
    {"kafka_connect_sink_task_sink_record_active_count", Type::kUntyped,
     "Records that are consumed and not committed."},
    {"kafka_connect_sink_task_sink_record_active_count_max", Type::kGauge,
     "The most records that were consumed and not committed."},
    {"kafka_connect_sink_task_sink_record_active_count_avg", Type::kGauge,
     "The average number of records consumed and not committed."},
    {"kafka_connect_sink_task_offset_commit_completion_rate", Type::kGauge,
     "Offset commits that succeeded, a second."},
    {"kafka_connect_sink_task_offset_commit_completion_total", Type::kCounter,
     "Offset commits that succeeded."},
    {"kafka_connect_sink_task_offset_commit_skip_rate", Type::kGauge,
     "Answers to offset commits that came too late, a second."},
    {"kafka_connect_sink_task_offset_commit_skip_total", Type::kCounter,
     "Answers to offset commits that came after a newer one's."},
    {"kafka_connect_sink_task_offset_commit_seq_no", Type::kGauge,
     "The number of the last offset commit."},
    {"kafka_connect_sink_task_partition_count", Type::kUntyped, "Partitions assigned to the task."},
    {"kafka_connect_sink_task_sink_record_lag_max", Type::kGauge,
     "The largest lag of the task's partitions, in records."},
    // Ours
    {"kafka_connect_sink_task_sink_record_lag", Type::kGauge,
     "Records between what was put and the end of the task's partitions."},
    {"kafka_connect_sink_task_put_retries_total", Type::kCounter,
     "Puts that the sink asked to try again."},
    {"kafka_connect_sink_task_end_to_end_latency_seconds", Type::kHistogram,
     "Time from a record's timestamp to the end of its put."},
};

inline constexpr Family kErrorFamilies[] = {
    {"kafka_connect_task_error_total_record_failures", Type::kGauge,
     "Attempts that failed, and failures for good."},
    {"kafka_connect_task_error_total_record_errors", Type::kGauge,
     "Operations on records that failed for good."},
    {"kafka_connect_task_error_total_records_skipped", Type::kGauge,
     "Records skipped because errors.tolerance allows it."},
    {"kafka_connect_task_error_total_retries", Type::kGauge, "Waits before another attempt."},
    {"kafka_connect_task_error_total_errors_logged", Type::kGauge,
     "Failed records that were written to the log."},
    {"kafka_connect_task_error_deadletterqueue_produce_requests", Type::kGauge,
     "Records handed to the dead letter queue."},
    {"kafka_connect_task_error_deadletterqueue_produce_failures", Type::kGauge,
     "Sends to the dead letter queue that failed, tried again or not."},
    {"kafka_connect_task_error_last_error_timestamp", Type::kGauge,
     "Unix time of the last failed record in milliseconds; 0: none."},
    // Ours
    {"kafka_connect_task_error_dead_letters_total", Type::kCounter,
     "Records that are in the dead letter queue, acknowledged by Kafka."},
};

inline constexpr Family kTransformFamilies[] = {
    {"kafka_connect_connector_transform_transform_class", Type::kGauge, "The transform's class.",
     "transform_class"},
    {"kafka_connect_connector_transform_transform_version", Type::kGauge,
     "The transform's version.", "transform_version"},
};

inline constexpr Family kPredicateFamilies[] = {
    {"kafka_connect_connector_predicate_predicate_class", Type::kGauge, "The predicate's class.",
     "predicate_class"},
    {"kafka_connect_connector_predicate_predicate_version", Type::kGauge,
     "The predicate's version.", "predicate_version"},
};

// Ours
inline constexpr Family kLagFamilies[] = {
    {"kafka_connect_sink_task_partition_lag", Type::kGauge,
     "Records between what was put and the end of one partition."},
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_TASK_FAMILIES_H_
