// What the fakes' files share.
#ifndef SLUICE_CONNECTORS_SDK_FAKES_INTERNAL_H_
#define SLUICE_CONNECTORS_SDK_FAKES_INTERNAL_H_

#include <string_view>
#include <vector>

#include "connectors/sdk/fakes.h"

namespace sluice::sdk {

inline sluice_error NewError() {
  sluice_error error;
  error.struct_size = sizeof error;
  error.code = SLUICE_OK;
  error.type_size = error.text_size = error.trace_size = error.reserved = 0;
  return error;
}

inline void Check(std::string_view call, sluice_code code, const sluice_error& error) {
  if (code != SLUICE_OK) throw PluginFailure(call, code, error);
}

inline std::vector<sluice_key_value> Entries(const ConfigText& config) {
  std::vector<sluice_key_value> entries;
  for (const auto& [key, value] : config) entries.push_back({abi::Str(key), abi::Str(value)});
  return entries;
}

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_FAKES_INTERNAL_H_
