/* sluice_plugin.h: the plugin ABI of Sluice, version 1. Plain C99; this file and nothing else is the contract between
 * the worker (the host) and a connector's shared object (the plugin). C++ authors include connectors/sdk/plugin.h.
 *
 * FIVE RULES
 * 1 Borrowed.  What a call is given is valid until it returns; what it gives back is valid until the next call on the
 *              same handle. Two exceptions. A polled batch stays the plugin's memory, unchanged, until the host calls
 *              `release` on it: after the last record's ack, and always before `close`. A sink keeps a batch beyond
 *              `put` with host->retain, and gives it back with host->release.
 * 2 No shared heap.  Neither side frees what the other allocated. Errors are written into the caller's memory.
 * 3 Growth.    Structs begin with struct_size, set by whoever fills them in, and grow at the end in minor versions. A
 *              reader looks at a member only if struct_size covers it, and reaches structs through pointers, so that
 *              one that grows moves nothing behind it. What has no struct_size never changes: sluice_str, sluice_value
 *              and all that values point at, headers, topic partitions. Arrays of records and of configuration keys
 *              have a stride (record_size, struct_size of the first) for the same reason.
 * 4 Threads.   Calls on one handle never overlap, but for `stop`, which may come from another thread during any call.
 *              They may come from different threads one after the other. Of the host's functions `log` and `metric`
 *              may be called from any thread, all others only inside a call on the handle that they were given to.
 *              Calls without a handle (create, validate, recommend) are thread-safe.
 * 5 Failures.  No exception, longjmp or signal crosses. A call answers a sluice_code and, unless it is SLUICE_OK,
 *              fills in the error that it was given. Strings are UTF-8, not terminated, and may hold NULs.
 *
 * A plugin exports one symbol, sluice_plugin_entry_v1, and hides all others (a version script does it).
 * It is loaded with RTLD_NOW | RTLD_LOCAL and never unloaded. */
#ifndef SLUICE_PLUGIN_H_
#define SLUICE_PLUGIN_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ABI_MAJOR 1
#define SLUICE_ABI_MINOR 0

/* ---- Text ------------------------------------------------------------------------------------------------------- */

/* data may be NULL only where size is 0 and the text is absent; an empty text has a non-NULL data. */
typedef struct sluice_str {
  const char* data;
  size_t size;
} sluice_str;

typedef struct sluice_key_value {
  sluice_str key;
  sluice_str value;
} sluice_key_value;

/* ---- Answers and errors ----------------------------------------------------------------------------------------- */

typedef int32_t sluice_code;
enum {
  SLUICE_OK = 0,
  SLUICE_RETRY = 1,       /* cannot do it now; the same call with the same arguments will come again */
  SLUICE_BAD_RECORD = 2,  /* put, verdict: this record (or, from put, something in this batch) is to blame */
  SLUICE_FAILED = 3,      /* the task or connector cannot go on */
  SLUICE_CONFIG = 4,      /* a configuration error; the text says which key and why */
  SLUICE_UNSUPPORTED = 5, /* this class does not do that; Java's UnsupportedOperationException */
  SLUICE_FINISHED = 6     /* poll only: nothing more will ever come; the task idles until it is stopped */
};

#define SLUICE_ERROR_TYPE_MAX 128
#define SLUICE_ERROR_TEXT_MAX 2048
#define SLUICE_ERROR_TRACE_MAX 8192

/* The caller owns it, sets struct_size and zeroes sizes; the callee writes at most the capacities, cutting at a
 * character's border. `type` is a Java exception class name, because users' tools read it: for example
 * org.apache.kafka.connect.errors.DataException. `trace` holds frames, one a line, or nothing. */
typedef struct sluice_error {
  uint32_t struct_size;
  sluice_code code;
  uint32_t type_size;
  uint32_t text_size;
  uint32_t trace_size;
  uint32_t reserved;
  char type[SLUICE_ERROR_TYPE_MAX];
  char text[SLUICE_ERROR_TEXT_MAX];
  char trace[SLUICE_ERROR_TRACE_MAX];
} sluice_error;

/* ---- Values ----------------------------------------------------------------------------------------------------- */

typedef uint8_t sluice_kind;
enum {
  SLUICE_NULL = 0,
  SLUICE_BOOLEAN = 1, /* as.int64: 0 or 1 */
  SLUICE_INT8 = 2,    /* all integers: as.int64, within their range */
  SLUICE_INT16 = 3,
  SLUICE_INT32 = 4,
  SLUICE_INT64 = 5,
  SLUICE_FLOAT32 = 6, /* as.float32 */
  SLUICE_FLOAT64 = 7, /* as.float64 */
  SLUICE_STRING = 8,  /* as.data, size bytes of UTF-8 */
  SLUICE_BYTES = 9,   /* as.data, size bytes */
  SLUICE_ARRAY = 10,  /* as.items, size elements */
  SLUICE_MAP = 11,    /* as.entries, size entries, in the order they were put in; keys are unique */
  SLUICE_STRUCT = 12, /* as.structure; size == its schema's field_count */
  /* Logical values, with or without a schema of the logical name. With a schema its type is the base type. */
  SLUICE_DECIMAL = 13,  /* as.decimal: org.apache.kafka.connect.data.Decimal, base type bytes */
  SLUICE_DATE = 14,     /* as.int64: days since 1970-01-01; org.apache.kafka.connect.data.Date, base int32 */
  SLUICE_TIME = 15,     /* as.int64: milliseconds of the day; ...data.Time, base int32 */
  SLUICE_TIMESTAMP = 16 /* as.int64: milliseconds since the epoch, UTC; ...data.Timestamp, base int64 */
};

struct sluice_map_entry;
struct sluice_struct;
struct sluice_decimal;

/* 16 bytes, no owner: what it points at lives in its batch's memory. size is 0 for scalars. */
typedef struct sluice_value {
  sluice_kind kind;
  uint8_t reserved[3]; /* zero */
  uint32_t size;
  union {
    int64_t int64;
    float float32;
    double float64;
    const char* data;
    const struct sluice_value* items;
    const struct sluice_map_entry* entries;
    const struct sluice_struct* structure;
    const struct sluice_decimal* decimal;
  } as;
} sluice_value;

typedef struct sluice_map_entry {
  sluice_value key;
  sluice_value value;
} sluice_map_entry;

/* unscaled: two's complement, big-endian, 1 byte or more; the value is unscaled * 10^-scale. */
typedef struct sluice_decimal {
  int32_t scale;
  uint32_t unscaled_size;
  const uint8_t* unscaled;
} sluice_decimal;

/* ---- Schemas ---------------------------------------------------------------------------------------------------- */

struct sluice_schema;

typedef struct sluice_field {
  sluice_str name;
  const struct sluice_schema* schema;
} sluice_field;

/* 128 bits over the whole content: 64-bit FNV-1a twice, over the canonical bytes of the schema; lo starts from the
 * offset basis 0xcbf29ce484222325, hi from 0x84222325cbf29ce4; prime 0x100000001b3 (FNV by Fowler, Noll, Vo).
 * Canonical bytes, integers as 8 bytes little-endian, text as its size (an integer) and its bytes:
 *   type (1 byte), optional (1 byte), has_version (1), version, name present (1), name, doc present (1), doc,
 *   parameter_count, each parameter's key and value in bytewise order of keys,
 *   default present (1), and if so the default value: kind (1), then
 *     boolean, integers and dates: as.int64; floats: their IEEE bits widened to 8 bytes; string, bytes: text;
 *     decimal: scale, then unscaled as text; array: size and items; map: size, keys and values; struct: its values,
 *   has key schema (1) and its fingerprint lo, hi; has value schema (1) and its fingerprint lo, hi,
 *   field_count, each field's name and its schema's fingerprint lo, hi.
 * An absent text is written as presence 0 and nothing else. */
typedef struct sluice_fingerprint {
  uint64_t lo;
  uint64_t hi;
} sluice_fingerprint;

/* Immutable once shared, and counted: whoever keeps one beyond rule 1 retains it. Both functions are thread-safe, and
 * both NULL for a schema that lives for ever.
 * Two schemas are equal when their fingerprints are; their pointers say nothing.
 * A struct value carries its schema. A schema of a record may be NULL: schemaless. */
typedef struct sluice_schema {
  uint32_t struct_size;
  sluice_kind type; /* BOOLEAN .. STRUCT: never NULL or a logical kind */
  uint8_t optional;
  uint8_t has_version;
  uint8_t reserved;
  int32_t version;
  uint32_t field_count;      /* STRUCT */
  uint32_t parameter_count;
  uint32_t reserved2;
  sluice_str name;           /* data NULL: none */
  sluice_str doc;            /* data NULL: none */
  const sluice_value* default_value; /* NULL: none */
  const sluice_key_value* parameters;
  const sluice_field* fields;               /* STRUCT */
  const struct sluice_schema* key_schema;   /* MAP */
  const struct sluice_schema* value_schema; /* MAP and ARRAY; NULL: of any type */
  sluice_fingerprint fingerprint;
  void (*retain)(const struct sluice_schema*);
  void (*release)(const struct sluice_schema*);
} sluice_schema;

typedef struct sluice_struct {
  const sluice_schema* schema; /* type STRUCT */
  const sluice_value* values;  /* schema->field_count of them, in the fields' order */
} sluice_struct;

/* ---- Records and batches ---------------------------------------------------------------------------------------- */

#define SLUICE_NO_TIMESTAMP INT64_MIN
#define SLUICE_NO_PARTITION (-1)
#define SLUICE_NO_OFFSET INT64_MIN

typedef struct sluice_header {
  sluice_str key;
  const sluice_schema* schema; /* may be NULL */
  sluice_value value;
} sluice_header;

typedef uint8_t sluice_timestamp_type;
enum { SLUICE_TIMESTAMP_NONE = 0, SLUICE_TIMESTAMP_CREATE = 1, SLUICE_TIMESTAMP_LOG_APPEND = 2 };

/* One record, for sources and sinks. The members of the other direction are NULL or their SLUICE_NO_ value. */
typedef struct sluice_record {
  sluice_str topic;
  int32_t partition; /* source: SLUICE_NO_PARTITION lets the partitioner choose */
  sluice_timestamp_type timestamp_type;
  uint8_t reserved[3];
  int64_t timestamp; /* milliseconds since the epoch, or SLUICE_NO_TIMESTAMP */
  const sluice_schema* key_schema;
  const sluice_schema* value_schema;
  sluice_value key;
  sluice_value value;
  const sluice_header* headers;
  size_t header_count;
  /* source: where to resume after this record. Both are maps of text keys to null, boolean, number or string.
   * The same source_partition pointer in one batch means the same partition (and is the fast way); other pointers
   * are compared by content, whatever the order of the entries. source_offset may be NULL: a null offset. */
  const sluice_value* source_partition;
  const sluice_value* source_offset;
  /* sink: where the record came from, whatever transforms made of topic and partition since (KIP-793) */
  sluice_str original_topic;
  int32_t original_partition;
  int32_t reserved2;
  int64_t original_offset;
} sluice_record;

typedef struct sluice_batch {
  uint32_t struct_size;
  uint32_t record_size; /* stride of records: sizeof(sluice_record) of whoever made it */
  size_t count;
  const sluice_record* records;
  size_t bytes; /* memory that the batch holds, about; counts against the task's budget */
  void* owner;  /* of whoever made the batch; the other side does not look */
} sluice_batch;

typedef struct sluice_topic_partition {
  sluice_str topic;
  int32_t partition;
  int32_t reserved;
  int64_t offset; /* or SLUICE_NO_OFFSET */
} sluice_topic_partition;

/* ---- Configuration keys as data --------------------------------------------------------------------------------- */

typedef uint8_t sluice_config_type;
enum {
  SLUICE_CONFIG_BOOLEAN = 0,
  SLUICE_CONFIG_STRING = 1,
  SLUICE_CONFIG_INT = 2,
  SLUICE_CONFIG_SHORT = 3,
  SLUICE_CONFIG_LONG = 4,
  SLUICE_CONFIG_DOUBLE = 5,
  SLUICE_CONFIG_LIST = 6,
  SLUICE_CONFIG_CLASS = 7,
  SLUICE_CONFIG_PASSWORD = 8
};
typedef uint8_t sluice_importance;
enum { SLUICE_HIGH = 0, SLUICE_MEDIUM = 1, SLUICE_LOW = 2 };
typedef uint8_t sluice_width;
enum { SLUICE_WIDTH_NONE = 0, SLUICE_WIDTH_SHORT = 1, SLUICE_WIDTH_MEDIUM = 2, SLUICE_WIDTH_LONG = 3 };
typedef uint8_t sluice_validator;
enum {
  SLUICE_VALID_ANY = 0,
  SLUICE_VALID_RANGE = 1,         /* min and max, inclusive */
  SLUICE_VALID_ONE_OF = 2,        /* allowed */
  SLUICE_VALID_ONE_OF_IGNORE_CASE = 3,
  SLUICE_VALID_NON_EMPTY = 4,     /* text with something in it besides blanks; a list with an element */
  SLUICE_VALID_REGEX = 5          /* the value is a regular expression */
};

typedef struct sluice_config_key {
  uint32_t struct_size;
  sluice_config_type type;
  sluice_importance importance;
  sluice_width width;
  sluice_validator validator;
  uint8_t required;   /* 1: there is no default */
  uint8_t recommends; /* 1: the table's recommend has values for this key */
  uint8_t reserved[2];
  int32_t order_in_group; /* -1: none */
  sluice_str name;
  sluice_str default_value; /* as text; data NULL: null */
  sluice_str documentation;
  sluice_str group;        /* data NULL: none */
  sluice_str display_name; /* data NULL: the name */
  double min, max;         /* RANGE */
  const sluice_str* allowed; /* ONE_OF */
  size_t allowed_count;
  const sluice_str* dependents;
  size_t dependent_count;
} sluice_config_key;

typedef struct sluice_config {
  const sluice_key_value* entries; /* resolved: config providers have been asked */
  size_t count;
} sluice_config;

/* ---- What the host offers --------------------------------------------------------------------------------------- */

typedef int32_t sluice_log_level;
enum { SLUICE_LOG_TRACE = 0, SLUICE_LOG_DEBUG = 1, SLUICE_LOG_INFO = 2, SLUICE_LOG_WARN = 3, SLUICE_LOG_ERROR = 4 };
typedef int32_t sluice_metric_kind;
enum { SLUICE_METRIC_ADD = 0 /* counter: adds value */, SLUICE_METRIC_SET = 1 /* gauge */, SLUICE_METRIC_OBSERVE = 2 };

/* `log` takes one message. `metric` takes a name of small letters, digits and dashes, and behind it, where one number is
 * not enough, labels: record-age-ms{topic="t",partition="0"}. Names belong to the task or connector that gives them. */

/* Receives one problem of validate: the key that it belongs to and its text. */
typedef void (*sluice_report_fn)(void* context, sluice_str key, sluice_str text);
/* Receives one recommended value. */
typedef void (*sluice_value_fn)(void* context, sluice_str value);
/* Receives one task's configuration. */
typedef void (*sluice_task_config_fn)(void* context, sluice_config config);

/* Given to a connector at create; valid until its close returned. `context` is the first argument of each. */
typedef struct sluice_connector_host {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  void (*log)(void* context, sluice_log_level level, sluice_str text);
  void (*metric)(void* context, sluice_str name, sluice_metric_kind kind, double value);
  /* The offset stored for each of the partitions: offsets[i] is a map, or a null value where there is none. */
  sluice_code (*stored_offset)(void* context, const sluice_value* partitions, size_t count,
                               const sluice_value** offsets, sluice_error* error);
  /* Asks that task_configs be called again soon. May be called from any thread. */
  void (*request_reconfiguration)(void* context);
  /* The connector has failed on a thread of its own: its status becomes FAILED. May be called from any thread. */
  void (*raise_error)(void* context, const sluice_error* error);
  /* The configuration once more, with config providers asked anew. */
  sluice_code (*config)(void* context, sluice_config* config, sluice_error* error);
} sluice_connector_host;

typedef struct sluice_source_host {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  void (*log)(void* context, sluice_log_level level, sluice_str text);
  void (*metric)(void* context, sluice_str name, sluice_metric_kind kind, double value);
  sluice_code (*stored_offset)(void* context, const sluice_value* partitions, size_t count,
                               const sluice_value** offsets, sluice_error* error);
  sluice_code (*config)(void* context, sluice_config* config, sluice_error* error);
  /* transaction.boundary=connector: commit or abort the transaction after the batch that this poll returns, or, with
   * an index other than SIZE_MAX, after that record of it. SLUICE_UNSUPPORTED elsewhere. */
  sluice_code (*transaction_commit)(void* context, size_t index);
  sluice_code (*transaction_abort)(void* context, size_t index);
} sluice_source_host;

typedef struct sluice_sink_host {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  void (*log)(void* context, sluice_log_level level, sluice_str text);
  void (*metric)(void* context, sluice_str name, sluice_metric_kind kind, double value);
  sluice_code (*config)(void* context, sluice_config* config, sluice_error* error);
  /* The partitions that the task owns now, by original topic. */
  void (*assignment)(void* context, const sluice_topic_partition** partitions, size_t* count);
  /* Stop or go on consuming these partitions. SLUICE_FAILED if one is not assigned. */
  sluice_code (*pause)(void* context, const sluice_topic_partition* partitions, size_t count);
  sluice_code (*resume)(void* context, const sluice_topic_partition* partitions, size_t count);
  /* Consume these partitions from .offset on. Legal in start, assigned, put and flush; applied after the call. */
  sluice_code (*seek)(void* context, const sluice_topic_partition* partitions, size_t count);
  /* Commit at the next turn, not at the end of the interval. */
  void (*request_commit)(void* context);
  /* The next put (of new records, of the same batch after SLUICE_RETRY, or of 0 records) comes after ms at latest. */
  void (*retry_after)(void* context, int64_t ms);
  /* What became of records[index] of a batch. In put, only records that failed need one: SLUICE_BAD_RECORD with an
   * error sends the record to the reporters (dead letter queue, log) if errors.tolerance allows, else fails the task.
   * For a retained batch SLUICE_OK says that the record is done; all records of a retained batch count as not done
   * until their verdict, or the batch's release, and no offset passes them. Any number, any order, once each. Those of
   * a put that then does not answer SLUICE_OK are void, unless its batch was retained: they come again with the batch. */
  sluice_code (*verdict)(void* context, const sluice_batch* batch, size_t index, sluice_code code,
                         const sluice_error* error);
  /* Keeps the batch of this put beyond it (rule 1): answers the batch to use from now on, a copy with the same indexes,
   * or NULL if the task's memory budget is used up (then wait for something to be released, or answer SLUICE_RETRY). */
  const sluice_batch* (*retain)(void* context, const sluice_batch* batch);
  /* Gives a kept batch back; records without a verdict then count as done. Legal in close too; what is still kept after
   * close the host frees, and its records count as not done. */
  void (*release)(void* context, const sluice_batch* batch);
} sluice_sink_host;

/* ---- What a plugin offers: connectors --------------------------------------------------------------------------- */

typedef int32_t sluice_support; /* exactly_once_support, can_define_transaction_boundaries */
enum { SLUICE_SUPPORT_UNKNOWN = 0, SLUICE_SUPPORTED = 1, SLUICE_NOT_SUPPORTED = 2 };

/* Which sources and sinks share. (R): required, else NULL means "nothing to do". */
typedef struct sluice_connector_calls {
  uint32_t struct_size;
  uint32_t reserved;
  /* (R) A new connector, not started. On failure answers NULL and fills in the error. */
  void* (*create)(const sluice_connector_host* host, sluice_error* error);
  /* Checks across keys; each single key has been checked by its definition. No handle. */
  sluice_code (*validate)(sluice_config config, sluice_report_fn report, void* context, sluice_error* error);
  /* Recommended values of a key whose `recommends` is 1, given the rest. No handle. */
  sluice_code (*recommend)(sluice_str key, sluice_config config, sluice_value_fn value, void* context,
                           sluice_error* error);
  /* (R) Starts with this configuration. Called again, after stop, when the connector is resumed. */
  sluice_code (*start)(void* connector, sluice_config config, sluice_error* error);
  /* (R) Calls `add` once for each task, at most max times. */
  sluice_code (*task_configs)(void* connector, int32_t max, sluice_task_config_fn add, void* context,
                              sluice_error* error);
  /* A user wants these offsets (a null value: reset) stored for these partitions, of a connector that is stopped. Called
   * on a handle that was not started. SLUICE_OK with *managed = 1: the connector has nothing else to change. NULL or
   * SLUICE_UNSUPPORTED: offsets of this connector cannot be altered. */
  sluice_code (*alter_offsets)(void* connector, sluice_config config, const sluice_value* partitions,
                               const sluice_value* offsets, size_t count, int32_t* managed, sluice_error* error);
  /* Sources only. No handle. NULL: SLUICE_SUPPORT_UNKNOWN and SLUICE_NOT_SUPPORTED. */
  sluice_code (*exactly_once_support)(sluice_config config, sluice_support* answer, sluice_error* error);
  sluice_code (*can_define_transaction_boundaries)(sluice_config config, sluice_support* answer,
                                                   sluice_error* error);
  /* May come during start or task_configs, from another thread: end what waits. Afterwards, on its own: stopped. */
  void (*stop)(void* connector);
  /* (R) Frees the handle; the last call on it. */
  void (*close)(void* connector);
} sluice_connector_calls;

/* ---- What a plugin offers: source tasks ------------------------------------------------------------------------- */

/* Order: create, start, { poll, acked, release, committed }*, stop, release*, close. */
typedef struct sluice_source_table {
  uint32_t struct_size;
  uint32_t reserved;
  const sluice_connector_calls* connector; /* (R) */
  void* (*create)(const sluice_source_host* host, sluice_error* error); /* (R) */
  sluice_code (*start)(void* task, sluice_config config, sluice_error* error); /* (R) */
  /* (R) Waits up to timeout_ms for records and answers by then: *batch NULL means none yet. Several batches may be out
   * at a time. SLUICE_RETRY: nothing now, try again. SLUICE_FINISHED (with or without a batch): that was all. */
  sluice_code (*poll)(void* task, int64_t timeout_ms, const sluice_batch** batch, sluice_error* error);
  /* (R) The host has done with the batch: its memory is the plugin's again. Called once for every batch polled. */
  void (*release)(void* task, const sluice_batch* batch);
  /* The broker has records[index] of batch at topic, partition, offset. For a record that was dropped (filtered, or
   * failed and tolerated) partition is SLUICE_NO_PARTITION and offset SLUICE_NO_OFFSET. */
  void (*acked)(void* task, const sluice_batch* batch, size_t index, sluice_str topic, int32_t partition,
                int64_t offset);
  /* Offsets were stored: offsets[i] is now where partitions[i] would be resumed. It may be the offset of an earlier
   * record than the last one acked: what is stored never passes a record that is still under way. A source that frees
   * something in its origin (a replication slot, a queue's message) frees up to here, and no further. */
  void (*committed)(void* task, const sluice_value* partitions, const sluice_value* offsets, size_t count);
  /* Any thread, during any call: a poll that waits ends soon. No poll follows. */
  void (*stop)(void* task);
  void (*close)(void* task); /* (R) Frees the handle; the last call on it. */
} sluice_source_table;

/* ---- What a plugin offers: sink tasks --------------------------------------------------------------------------- */

/* Order: create, start, { assigned, put, flush, revoked }*, stop, close. */
typedef struct sluice_sink_table {
  uint32_t struct_size;
  uint32_t reserved;
  const sluice_connector_calls* connector; /* (R) */
  uint8_t put_atomic; /* 1: a put that does not answer OK has had no effect, so the host may halve the batch */
  uint8_t reserved2[7];
  void* (*create)(const sluice_sink_host* host, sluice_error* error); /* (R) */
  sluice_code (*start)(void* task, sluice_config config, sluice_error* error); /* (R) */
  /* New partitions, with the offsets where consuming will begin; host->seek here changes them. */
  sluice_code (*assigned)(void* task, const sluice_topic_partition* partitions, size_t count, sluice_error* error);
  /* These go away. `lost` = 1: another task may own them already; nothing can be committed for them. Kept batches'
   * records of these partitions must not be given verdicts any more. A flush came before, unless lost. */
  sluice_code (*revoked)(void* task, const sluice_topic_partition* partitions, size_t count, int32_t lost,
                         sluice_error* error);
  /* (R) Takes the records, all or, by verdicts, all but the bad ones. Also with 0 records, about once a second and after
   * retry_after. SLUICE_RETRY: the same batch comes again. SLUICE_BAD_RECORD: something in it is bad (see put_atomic;
   * without that the task fails). */
  sluice_code (*put)(void* task, const sluice_batch* batch, sluice_error* error);
  /* Make durable what was put, then leave in offsets[i].offset the offset to commit for each partition: as given (all
   * that was put), lower, or SLUICE_NO_OFFSET to leave it as it is. NULL: what was put is durable. */
  sluice_code (*flush)(void* task, sluice_topic_partition* offsets, size_t count, sluice_error* error);
  void (*stop)(void* task); /* as for sources */
  void (*close)(void* task); /* (R) */
} sluice_sink_table;

/* ---- Classes and the entry -------------------------------------------------------------------------------------- */

typedef uint8_t sluice_class_kind;
enum { SLUICE_SOURCE = 1, SLUICE_SINK = 2 };

typedef struct sluice_class {
  uint32_t struct_size;
  sluice_class_kind kind;
  uint8_t reserved[3];
  sluice_str name;          /* what users write in connector.class; a Java class name where there is an original */
  const sluice_str* aliases; /* other names for the same class */
  size_t alias_count;
  sluice_str version;       /* as the original's: 1.2.3 */
  sluice_str task_class;    /* what is stored as task.class in task configurations */
  sluice_str documentation; /* a sentence */
  const sluice_config_key* keys; /* stride: keys[0].struct_size */
  size_t key_count;
  const void* table;        /* sluice_source_table or sluice_sink_table, by kind */
} sluice_class;

typedef struct sluice_plugin {
  uint32_t struct_size;
  uint16_t abi_major; /* SLUICE_ABI_MAJOR of the header that the plugin was built with */
  uint16_t abi_minor;
  sluice_str name;
  sluice_str version;
  const sluice_class* const* classes;
  size_t class_count;
} sluice_plugin;

/* The one exported symbol. Called after loading, from any thread, perhaps more than once, with the host's version; answers
 * static data, or NULL if the plugin cannot work with this host. */
typedef const sluice_plugin* (*sluice_plugin_entry_fn)(uint16_t host_abi_major, uint16_t host_abi_minor);
#define SLUICE_PLUGIN_ENTRY "sluice_plugin_entry_v1"

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_PLUGIN_H_ */
