/* The minimal plugin with one thing wrong, which the environment names: each `if` is a plugin of its own. */
#include <stdlib.h>
#include <string.h>

#include "tests/abi/bad/minimal.h"

static const sluice_str blank_name = TEXT("two words");
static const sluice_str not_utf8 = TEXT("caf\xe9");
static const sluice_str too_long = {"x", 100000000};
static const sluice_str no_data = {NULL, 5};

static const char* wrong;
static int is(const char* name) { return strcmp(wrong, name) == 0; }

static void change_plugin(void) {
  if (is("plugin_size")) plugin.struct_size = 8;
  if (is("plugin_size_huge")) plugin.struct_size = UINT32_MAX;
  if (is("abi_major")) plugin.abi_major = 2;
  if (is("plugin_name")) plugin.name.size = 0;
  if (is("no_classes")) plugin.class_count = 0;
  if (is("classes_null")) plugin.classes = NULL;
}
static void change_classes(void) {
  if (is("class_null")) classes[1] = NULL;
  if (is("class_size")) source_class.struct_size = 7;
  if (is("class_kind")) source_class.kind = 9;
  if (is("class_blank")) source_class.name = blank_name;
  if (is("class_utf8")) source_class.name = not_utf8;
  if (is("class_long")) source_class.name = too_long;
  if (is("class_no_data")) source_class.name = no_data;
  if (is("class_twice")) classes[1] = &source_class;
  if (is("task_class")) source_class.task_class.size = 0;
  if (is("table_null")) source_class.table = NULL;
}
static void change_tables(void) {
  if (is("source_size")) source_table.struct_size = 8;
  if (is("sink_size")) sink_table.struct_size = 8;
  if (is("calls_size")) calls.struct_size = 8;
  if (is("calls_null")) source_table.connector = NULL;
  if (is("source_create")) source_table.create = NULL;
  if (is("source_start")) source_table.start = NULL;
  if (is("source_poll")) source_table.poll = NULL;
  if (is("source_release")) source_table.release = NULL;
  if (is("source_close")) source_table.close = NULL;
  if (is("sink_put")) sink_table.put = NULL;
  if (is("sink_close")) sink_table.close = NULL;
  if (is("put_atomic")) sink_table.put_atomic = 7;
  if (is("connector_create")) calls.create = NULL;
  if (is("connector_start")) calls.start = NULL;
  if (is("connector_configs")) calls.task_configs = NULL;
  if (is("connector_close")) calls.close = NULL;
}
static void change_keys(void) {
  if (is("keys_null")) source_class.keys = NULL;
  if (is("key_size")) keys[0].struct_size = 9;
  if (is("key_stride")) keys[1].struct_size = sizeof(sluice_config_key) + 8;
  if (is("key_name")) keys[1].name.size = 0;
  if (is("key_twice")) keys[1].name = keys[0].name;
  if (is("key_type")) keys[0].type = 99;
  if (is("key_importance")) keys[0].importance = 99;
  if (is("key_validator")) keys[0].validator = 99;
  if (is("key_range")) keys[1].min = 10;
  if (is("key_recommends")) keys[0].recommends = 1;
  if (is("key_allowed")) keys[0].allowed_count = 2;
}

const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major, uint16_t host_abi_minor) {
  (void)host_abi_major;
  (void)host_abi_minor;
  wrong = getenv("SLUICE_TEST_WRONG");
  if (wrong == NULL || is("nothing")) return &plugin;
  if (is("null_answer")) return NULL;
  change_plugin();
  change_classes();
  change_tables();
  change_keys();
  return &plugin;
}
