#include "connectors/object_store_sink/azure_signature.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iterator>

#include "connectors/object_store_sink/digest.h"
#include "connectors/sdk/text.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

std::string TextToSign(std::string_view account, const AzureToSign& what, const Headers& headers) {
  Headers sorted;
  for (const auto& [name, value] : headers) sorted.emplace_back(shared::Lower(name), value);
  std::sort(sorted.begin(), sorted.end());
  // In this order, each on a line of its own, whether it is there or not.
  static constexpr std::string_view kLines[] = {"content-encoding",
                                                "content-language",
                                                "content-length",
                                                "content-md5",
                                                "content-type",
                                                "date",
                                                "if-modified-since",
                                                "if-match",
                                                "if-none-match",
                                                "if-unmodified-since",
                                                "range"};
  std::string out = sdk::Cat(what.method, "\n");
  for (std::string_view line : kLines) {
    if (line == "content-length" && what.body_size > 0) out += sdk::Cat(what.body_size);
    for (const auto& [name, value] : sorted) {
      if (name == line) out += value;
    }
    out += "\n";
  }
  for (const auto& [name, value] : sorted) {
    if (name.starts_with("x-ms-")) out += sdk::Cat(name, ":", value, "\n");
  }
  out += sdk::Cat("/", account, what.path);
  Query query = what.query;
  std::sort(query.begin(), query.end());
  for (const auto& [key, value] : query) out += sdk::Cat("\n", shared::Lower(key), ":", value);
  return out;
}

}  // namespace

void AzureSign(std::string_view account, std::string_view account_key, const AzureToSign& what,
               Headers& headers) {
  const std::string key = shared::FromBase64(account_key).value_or("");
  const std::string signature = shared::Base64(HmacSha256(key, TextToSign(account, what, headers)));
  headers.emplace_back("Authorization", sdk::Cat("SharedKey ", account, ":", signature));
}

std::string HttpDate(int64_t epoch_seconds) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = epoch_seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  // Not by strftime, whose names are the locale's.
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                                 utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text, static_cast<size_t>(size)};
}

}  // namespace sluice::object_store_sink
