// Hashes and their texts, as signatures and uploads need them. Pure functions but for RandomMark,
// any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_DIGEST_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_DIGEST_H_

#include <string>
#include <string_view>

namespace sluice::object_store_sink {

std::string Sha256(std::string_view bytes);                            // 32 bytes
std::string HmacSha256(std::string_view key, std::string_view bytes);  // 32 bytes
std::string Md5(std::string_view bytes);                               // 16 bytes
std::string Hex(std::string_view bytes);                               // small letters
// 16 hexadecimal digits that nobody else has.
std::string RandomMark();

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_DIGEST_H_
