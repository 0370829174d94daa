/* A source whose polls, and a sink whose puts and flushes, answer what the key `how` says: garbage of one kind each. */
#include <string.h>

#include "tests/abi/bad/minimal.h"

static char how[64];
static const sluice_sink_host* sink_host;
static int released;

static sluice_code remember_how(void* self, sluice_config config, sluice_error* error) {
  (void)self;
  (void)error;
  for (size_t i = 0; i < config.count; ++i) {
    if (config.entries[i].key.size == 3 && memcmp(config.entries[i].key.data, "how", 3) == 0) {
      size_t size = config.entries[i].value.size;
      if (size > sizeof how - 1) size = sizeof how - 1;
      memcpy(how, config.entries[i].value.data, size);
      how[size] = 0;
    }
  }
  return SLUICE_OK;
}
static int is(const char* what) { return strcmp(how, what) == 0; }

static sluice_value value_of(sluice_kind kind) {
  sluice_value value;
  memset(&value, 0, sizeof value);
  value.kind = kind;
  return value;
}

static sluice_record records[2];
static sluice_header header;
static sluice_schema schema;
static sluice_value map;
static sluice_batch batch;

static void make_good_batch(void) {
  memset(records, 0, sizeof records);
  memset(&header, 0, sizeof header);
  memset(&schema, 0, sizeof schema);
  schema.struct_size = sizeof schema;
  schema.type = SLUICE_STRING;
  map = value_of(SLUICE_MAP);
  for (int i = 0; i < 2; ++i) {
    records[i].topic.data = "t";
    records[i].topic.size = 1;
    records[i].partition = SLUICE_NO_PARTITION;
    records[i].timestamp = SLUICE_NO_TIMESTAMP;
    records[i].value = value_of(SLUICE_STRING);
    records[i].value.as.data = "x";
    records[i].value.size = 1;
  }
  batch.struct_size = sizeof batch;
  batch.record_size = sizeof(sluice_record);
  batch.count = 2;
  batch.records = records;
}

static sluice_code poll_garbage(void* self, int64_t timeout_ms, const sluice_batch** out,
                                sluice_error* error) {
  (void)self;
  (void)timeout_ms;
  make_good_batch();
  *out = &batch;
  if (is("batch size")) batch.struct_size = 3;
  if (is("record size")) batch.record_size = 8;
  if (is("record alignment")) batch.record_size = sizeof(sluice_record) + 1;
  if (is("count")) batch.count = (size_t)-1;
  if (is("no records")) batch.records = NULL;
  if (is("empty")) batch.count = 0;
  if (is("value kind")) records[1].value.kind = 77;
  if (is("key kind")) records[1].key.kind = 200;
  if (is("null text")) records[0].value.as.data = NULL;
  if (is("null struct")) records[0].value = value_of(SLUICE_STRUCT);
  if (is("no topic")) records[1].topic.size = 0;
  if (is("partition")) records[0].partition = -7;
  if (is("timestamp")) records[0].timestamp = -5;
  if (is("schema")) records[0].value_schema = &schema, schema.struct_size = 1;
  if (is("schema type")) records[0].value_schema = &schema, schema.type = SLUICE_DATE;
  if (is("headers")) records[0].header_count = 2;
  if (is("header kind")) {
    header.key.data = "h";
    header.value.kind = 90;
    records[0].headers = &header;
    records[0].header_count = 1;
  }
  if (is("partition kind")) map = value_of(SLUICE_STRING), records[0].source_partition = &map;
  if (is("offset kind")) map = value_of(99), records[0].source_offset = &map;
  if (is("batch and error")) return SLUICE_FAILED;
  if (is("code")) {
    *out = NULL;
    return 1234;
  }
  if (is("silent error")) {
    *out = NULL;
    return SLUICE_FAILED;
  }
  if (is("error sizes")) {
    *out = NULL;
    error->type_size = error->text_size = error->trace_size = UINT32_MAX;
    memset(error->type, '?', sizeof error->type);
    memset(error->text, '\xff', sizeof error->text);
    memset(error->trace, 'z', sizeof error->trace);
    return SLUICE_FAILED;
  }
  return SLUICE_OK;
}
static void count_release(void* self, const sluice_batch* given) {
  (void)self;
  (void)given;
  ++released;
}
static void* keep_host(const sluice_sink_host* host, sluice_error* error) {
  (void)error;
  sink_host = host;
  return &handle;
}
static void* create_nothing(const sluice_source_host* host, sluice_error* error) {
  (void)host;
  (void)error;
  return NULL;
}
static sluice_code put_garbage(void* self, const sluice_batch* given, sluice_error* error) {
  (void)self;
  (void)error;
  if (is("verdict code")) return sink_host->verdict(sink_host->context, given, 0, 55, NULL);
  if (is("verdict without error")) {
    return sink_host->verdict(sink_host->context, given, 0, SLUICE_BAD_RECORD, NULL);
  }
  return is("code") ? -9 : SLUICE_OK;
}
static sluice_code flush_garbage(void* self, sluice_topic_partition* offsets, size_t count,
                                 sluice_error* error) {
  (void)self;
  (void)error;
  for (size_t i = 0; i < count; ++i) {
    if (is("flush ahead")) offsets[i].offset += 100;
    if (is("flush negative")) offsets[i].offset = -3;
    if (is("flush lower")) offsets[i].offset -= 1;
    offsets[i].topic.data = "overwritten";
  }
  return SLUICE_OK;
}

static sluice_source_table no_handle_table;
static sluice_class no_handle_class;
static const sluice_class* all[3] = {&source_class, &sink_class, &no_handle_class};

PLUGIN(source_table.start = remember_how; source_table.poll = poll_garbage;
       source_table.release = count_release; sink_table.start = remember_how;
       sink_table.create = keep_host; sink_table.put = put_garbage; sink_table.flush = flush_garbage;
       no_handle_table = source_table; no_handle_table.create = create_nothing;
       no_handle_class = source_class; no_handle_class.table = &no_handle_table;
       no_handle_class.name.data = "test.NoHandleSourceConnector"; no_handle_class.name.size = 28;
       plugin.classes = all; plugin.class_count = 3)
