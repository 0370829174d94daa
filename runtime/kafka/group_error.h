// What a group's coordinator answers to a change of its offsets, with the codes that admin.h
// promises. For this folder's files only. Pure, any thread.
#ifndef SLUICE_RUNTIME_KAFKA_GROUP_ERROR_H_
#define SLUICE_RUNTIME_KAFKA_GROUP_ERROR_H_

#include <cstddef>
#include <string_view>

#include "runtime/base/status.h"

struct rd_kafka_group_result_s;

namespace sluice::kafka {

// `code` is an rd_kafka_resp_err_t.
Status GroupChangeError(int code, std::string_view text);
// The first error of an answer about one group and its partitions; OK if there is none.
Status FirstGroupError(const rd_kafka_group_result_s** groups, size_t count, std::string_view what);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_GROUP_ERROR_H_
