/* A plugin as somebody built it with version 1.0 of the header. It never changes; every later worker must run it. The
 * source sends COUNT records, resumes where it was, and notes what it is told; the sink rejects records that are "bad"
 * and keeps the first batch until its flush. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/abi/v1_0/sluice_plugin.h"

#define TEXT(literal) {(literal), sizeof(literal) - 1}
#define COUNT 3

static sluice_str text_of(const char* text) {
  sluice_str out;
  out.data = text;
  out.size = strlen(text);
  return out;
}
static sluice_code fail(sluice_error* error, sluice_code code, const char* text) {
  const char* type = "org.apache.kafka.connect.errors.ConnectException";
  error->code = code;
  error->type_size = (uint32_t)strlen(type);
  memcpy(error->type, type, error->type_size);
  error->text_size = (uint32_t)strlen(text);
  memcpy(error->text, text, error->text_size);
  return code;
}

/* ---- The connector ---- */

typedef struct connector {
  const sluice_connector_host* host;
  char topic[64];
} connector;

static void* connector_create(const sluice_connector_host* host, sluice_error* error) {
  connector* self = calloc(1, sizeof *self);
  (void)error;
  self->host = host;
  return self;
}
static sluice_code connector_start(void* handle, sluice_config config, sluice_error* error) {
  connector* self = handle;
  for (size_t i = 0; i < config.count; ++i) {
    if (config.entries[i].key.size == 5 && memcmp(config.entries[i].key.data, "topic", 5) == 0) {
      snprintf(self->topic, sizeof self->topic, "%.*s", (int)config.entries[i].value.size,
               config.entries[i].value.data);
    }
  }
  if (self->topic[0] == 0) return fail(error, SLUICE_CONFIG, "topic is missing");
  return SLUICE_OK;
}
static sluice_code connector_task_configs(void* handle, int32_t max, sluice_task_config_fn add,
                                          void* context, sluice_error* error) {
  connector* self = handle;
  sluice_key_value entry;
  sluice_config config;
  (void)max;
  (void)error;
  entry.key = text_of("topic");
  entry.value = text_of(self->topic);
  config.entries = &entry;
  config.count = 1;
  add(context, config);
  self->host->request_reconfiguration(self->host->context);
  return SLUICE_OK;
}
static sluice_code connector_validate(sluice_config config, sluice_report_fn report, void* context,
                                      sluice_error* error) {
  (void)error;
  if (config.count == 0) report(context, text_of("topic"), text_of("old and strict"));
  return SLUICE_OK;
}
static sluice_code supported(sluice_config config, sluice_support* answer, sluice_error* error) {
  (void)config;
  (void)error;
  *answer = SLUICE_SUPPORTED;
  return SLUICE_OK;
}
static void connector_close(void* handle) { free(handle); }

static const sluice_connector_calls calls = {
    sizeof(sluice_connector_calls), 0, connector_create, connector_validate, NULL, connector_start,
    connector_task_configs, NULL, supported, NULL, NULL, connector_close};

/* ---- The source ---- */

typedef struct source {
  const sluice_source_host* host;
  int64_t sent;
  sluice_map_entry from, to;
  sluice_value partition, offset;
  char text[32];
  sluice_record record;
  sluice_batch batch;
  int out, acked;
} source;

static void put_text(sluice_value* value, const char* text) {
  memset(value, 0, sizeof *value);
  value->kind = SLUICE_STRING;
  value->size = (uint32_t)strlen(text);
  value->as.data = text;
}
static void put_map(sluice_value* value, const sluice_map_entry* entry) {
  memset(value, 0, sizeof *value);
  value->kind = SLUICE_MAP;
  value->size = 1;
  value->as.entries = entry;
}

static void* source_create(const sluice_source_host* host, sluice_error* error) {
  source* self = calloc(1, sizeof *self);
  (void)error;
  self->host = host;
  put_text(&self->from.key, "old");
  put_text(&self->from.value, "plugin");
  put_map(&self->partition, &self->from);
  return self;
}
static sluice_code source_start(void* handle, sluice_config config, sluice_error* error) {
  source* self = handle;
  const sluice_value* offsets = NULL;
  sluice_code code =
      self->host->stored_offset(self->host->context, &self->partition, 1, &offsets, error);
  (void)config;
  if (code != SLUICE_OK) return code;
  if (offsets[0].kind == SLUICE_MAP) self->sent = offsets[0].as.entries[0].value.as.int64;
  self->host->log(self->host->context, SLUICE_LOG_INFO, text_of("old plugin started"));
  return SLUICE_OK;
}
static sluice_code source_poll(void* handle, int64_t timeout_ms, const sluice_batch** batch,
                               sluice_error* error) {
  source* self = handle;
  (void)timeout_ms;
  (void)error;
  *batch = NULL;
  if (self->out) return SLUICE_OK;
  if (self->sent == COUNT) return SLUICE_FINISHED;
  ++self->sent;
  snprintf(self->text, sizeof self->text, "record %d", (int)self->sent);
  put_text(&self->to.key, "sent");
  memset(&self->to.value, 0, sizeof self->to.value);
  self->to.value.kind = SLUICE_INT64;
  self->to.value.as.int64 = self->sent;
  put_map(&self->offset, &self->to);
  memset(&self->record, 0, sizeof self->record);
  self->record.topic = text_of("old");
  self->record.partition = SLUICE_NO_PARTITION;
  self->record.timestamp = SLUICE_NO_TIMESTAMP;
  put_text(&self->record.value, self->text);
  self->record.source_partition = &self->partition;
  self->record.source_offset = &self->offset;
  self->batch.struct_size = sizeof self->batch;
  self->batch.record_size = sizeof self->record;
  self->batch.count = 1;
  self->batch.records = &self->record;
  self->out = 1;
  *batch = &self->batch;
  return SLUICE_OK;
}
static void source_release(void* handle, const sluice_batch* batch) {
  source* self = handle;
  if (batch == &self->batch) self->out = 0;
}
static void source_acked(void* handle, const sluice_batch* batch, size_t index, sluice_str topic,
                         int32_t partition, int64_t offset) {
  source* self = handle;
  (void)batch;
  (void)index;
  (void)topic;
  (void)partition;
  (void)offset;
  self->host->metric(self->host->context, text_of("acked"), SLUICE_METRIC_ADD, 1);
}
static void source_committed(void* handle, const sluice_value* partitions,
                             const sluice_value* offsets, size_t count) {
  source* self = handle;
  (void)partitions;
  if (count == 1) {
    self->host->metric(self->host->context, text_of("stored"), SLUICE_METRIC_SET,
                       (double)offsets[0].as.entries[0].value.as.int64);
  }
}
static void source_close(void* handle) { free(handle); }

static const sluice_source_table source_table = {
    sizeof(sluice_source_table), 0, &calls, source_create, source_start, source_poll,
    source_release, source_acked, source_committed, NULL, source_close};

/* ---- The sink ---- */

typedef struct sink {
  const sluice_sink_host* host;
  const sluice_batch* kept;
} sink;

static void* sink_create(const sluice_sink_host* host, sluice_error* error) {
  sink* self = calloc(1, sizeof *self);
  (void)error;
  self->host = host;
  return self;
}
static sluice_code sink_start(void* handle, sluice_config config, sluice_error* error) {
  (void)handle;
  (void)config;
  (void)error;
  return SLUICE_OK;
}
static sluice_code sink_put(void* handle, const sluice_batch* batch, sluice_error* error) {
  sink* self = handle;
  const char* at = (const char*)batch->records;
  for (size_t i = 0; i < batch->count; ++i, at += batch->record_size) {
    const sluice_record* record = (const sluice_record*)at;
    if (record->value.size == 3 && memcmp(record->value.as.data, "bad", 3) == 0) {
      fail(error, SLUICE_BAD_RECORD, "bad");
      self->host->verdict(self->host->context, batch, i, SLUICE_BAD_RECORD, error);
    }
  }
  if (self->kept == NULL && batch->count > 0) {
    self->kept = self->host->retain(self->host->context, batch);
  }
  return SLUICE_OK;
}
static sluice_code sink_flush(void* handle, sluice_topic_partition* offsets, size_t count,
                              sluice_error* error) {
  sink* self = handle;
  (void)error;
  for (size_t i = 0; i < count; ++i) offsets[i].offset -= 1;
  if (self->kept != NULL) self->host->release(self->host->context, self->kept);
  self->kept = NULL;
  return SLUICE_OK;
}
static void sink_close(void* handle) { free(handle); }

static const sluice_sink_table sink_table = {sizeof(sluice_sink_table), 0, &calls, 1, {0},
                                             sink_create, sink_start, NULL, NULL, sink_put,
                                             sink_flush, NULL, sink_close};

/* ---- The plugin ---- */

static const sluice_str aliases[1] = {TEXT("OldFriend")};
static const sluice_config_key keys[1] = {{.struct_size = sizeof(sluice_config_key),
                                           .type = SLUICE_CONFIG_STRING,
                                           .required = 1,
                                           .order_in_group = -1,
                                           .name = TEXT("topic"),
                                           .documentation = TEXT("Where to.")}};
static const sluice_class source_class = {
    sizeof(sluice_class), SLUICE_SOURCE, {0}, TEXT("old.OldSourceConnector"), aliases, 1,
    TEXT("1.0.0"), TEXT("old.OldSourceTask"), TEXT("Built with 1.0."), keys, 1, &source_table};
static const sluice_class sink_class = {
    sizeof(sluice_class), SLUICE_SINK, {0}, TEXT("old.OldSinkConnector"), NULL, 0, TEXT("1.0.0"),
    TEXT("old.OldSinkTask"), TEXT("Built with 1.0."), keys, 1, &sink_table};
static const sluice_class* const classes[2] = {&source_class, &sink_class};
static const sluice_plugin plugin = {sizeof(sluice_plugin), SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR,
                                     TEXT("old"), TEXT("1.0.0"), classes, 2};

const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major, uint16_t host_abi_minor);
const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major, uint16_t host_abi_minor) {
  (void)host_abi_minor;
  return host_abi_major == SLUICE_ABI_MAJOR ? &plugin : NULL;
}
