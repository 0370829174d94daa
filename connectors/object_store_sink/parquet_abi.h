/* Between the connector and sluice_parquet.so, which holds all that needs Apache Arrow: the
 * connector opens it when Parquet is asked for, and works without it otherwise. Plain C; both sides
 * are built together, so nothing of it is kept for other versions. One thread at a time for a file.
 * Texts of errors go into the caller's memory, terminated. */
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_ABI_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_ABI_H_

#include <stddef.h>

#include "connectors/sdk/value.h"

typedef struct sluice_parquet_error { /* filled when a call fails */
  int bad_data; /* 1: the value, or the schema, is to blame; 0: the file is lost */
  char text[1024];
} sluice_parquet_error;

typedef struct sluice_parquet_output {
  void* context;
  /* 0: it was taken. */
  int (*append)(void* context, const char* bytes, size_t size);
} sluice_parquet_output;

typedef struct sluice_parquet_table {
  /* A file of structs of this schema, which must live as long. codec: none, gzip, snappy, lz4,
   * brotli, zstd. NULL: see the error. */
  void* (*open)(const sluice_schema* schema, const char* codec, sluice_parquet_output output,
                sluice_parquet_error* error);
  /* 0: the value fits, so write will take it. */
  int (*check)(void* file, const sluice_value* value, sluice_parquet_error* error);
  int (*write)(void* file, const sluice_value* value, sluice_parquet_error* error);
  int (*finish)(void* file, sluice_parquet_error* error);
  size_t (*memory)(void* file); /* bytes that are not in the output yet, about */
  void (*close)(void* file);
} sluice_parquet_table;

typedef const sluice_parquet_table* (*sluice_parquet_fn)(void);
#define SLUICE_PARQUET_ENTRY "sluice_parquet_v1"

#endif /* SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_ABI_H_ */
