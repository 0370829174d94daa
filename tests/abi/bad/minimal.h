/* A plugin in C that does everything right, as small as it can be: a source and a sink. Each bad plugin is this one with
 * one thing changed: PLUGIN(source_table.poll = NULL). */
#ifndef TESTS_ABI_BAD_MINIMAL_H_
#define TESTS_ABI_BAD_MINIMAL_H_

#include "runtime/abi/sluice_plugin.h"

#define TEXT(literal) {(literal), sizeof(literal) - 1}

static char handle;

static void* connector_create(const sluice_connector_host* host, sluice_error* error) {
  (void)host;
  (void)error;
  return &handle;
}
static sluice_code start(void* self, sluice_config config, sluice_error* error) {
  (void)self;
  (void)config;
  (void)error;
  return SLUICE_OK;
}
static sluice_code task_configs(void* self, int32_t max, sluice_task_config_fn add, void* context,
                                sluice_error* error) {
  const sluice_config none = {0, 0};
  (void)self;
  (void)max;
  (void)error;
  add(context, none);
  return SLUICE_OK;
}
static void close_it(void* self) { (void)self; }
static void* source_create(const sluice_source_host* host, sluice_error* error) {
  (void)host;
  (void)error;
  return &handle;
}
static sluice_code poll_none(void* self, int64_t timeout_ms, const sluice_batch** batch,
                             sluice_error* error) {
  (void)self;
  (void)timeout_ms;
  (void)error;
  *batch = NULL;
  return SLUICE_OK;
}
static void release(void* self, const sluice_batch* batch) {
  (void)self;
  (void)batch;
}
static void* sink_create(const sluice_sink_host* host, sluice_error* error) {
  (void)host;
  (void)error;
  return &handle;
}
static sluice_code put_nowhere(void* self, const sluice_batch* batch, sluice_error* error) {
  (void)self;
  (void)batch;
  (void)error;
  return SLUICE_OK;
}

static sluice_connector_calls calls = {sizeof(sluice_connector_calls), 0, connector_create, NULL,
                                       NULL, start, task_configs, NULL, NULL, NULL, NULL, close_it};
static sluice_source_table source_table = {
    sizeof(sluice_source_table), 0, &calls, source_create, start, poll_none, release, NULL, NULL,
    NULL, close_it};
static sluice_sink_table sink_table = {
    sizeof(sluice_sink_table), 0, &calls, 0, {0}, sink_create, start, NULL, NULL, put_nowhere, NULL,
    NULL, close_it};

static sluice_config_key keys[2] = {
    {.struct_size = sizeof(sluice_config_key), .type = SLUICE_CONFIG_STRING, .required = 1,
     .order_in_group = -1, .name = TEXT("topic")},
    {.struct_size = sizeof(sluice_config_key), .type = SLUICE_CONFIG_INT, .order_in_group = -1,
     .name = TEXT("size"), .default_value = TEXT("5"), .validator = SLUICE_VALID_RANGE, .min = 1,
     .max = 9}};
static sluice_class source_class = {sizeof(sluice_class), SLUICE_SOURCE, {0},
                                    TEXT("test.MinimalSourceConnector"), NULL, 0, TEXT("1.0"),
                                    TEXT("test.MinimalSourceTask"), TEXT("Sends nothing."), keys, 2,
                                    &source_table};
static sluice_class sink_class = {sizeof(sluice_class), SLUICE_SINK, {0},
                                  TEXT("test.MinimalSinkConnector"), NULL, 0, TEXT("1.0"),
                                  TEXT("test.MinimalSinkTask"), TEXT("Keeps nothing."), keys, 2,
                                  &sink_table};
static const sluice_class* classes[2] = {&source_class, &sink_class};
static sluice_plugin plugin = {sizeof(sluice_plugin), SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR,
                               TEXT("minimal"), TEXT("1.0"), classes, 2};

const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major, uint16_t host_abi_minor);

#define PLUGIN(change)                                                              \
  const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major,              \
                                              uint16_t host_abi_minor) {            \
    (void)host_abi_major;                                                           \
    (void)host_abi_minor;                                                           \
    change;                                                                         \
    return &plugin;                                                                 \
  }

#endif /* TESTS_ABI_BAD_MINIMAL_H_ */
