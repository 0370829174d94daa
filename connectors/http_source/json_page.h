// An answer's JSON and the records in it. Immutable; one thread. Not more than 200 deep.
#ifndef SLUICE_CONNECTORS_HTTP_SOURCE_JSON_PAGE_H_
#define SLUICE_CONNECTORS_HTTP_SOURCE_JSON_PAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

namespace sluice::http_source {

// What is wrong with an answer; a sentence, without its text.
struct BadPage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class JsonPage {
 public:
  // The answer has to outlive the page. Records are the elements of the array at `data_pointer`, or
  // the one value that is there; none where there is null, or no answer at all. Throws BadPage: it
  // is no JSON, or has nothing there.
  JsonPage(std::string_view answer, const std::string& data_pointer);
  ~JsonPage();
  JsonPage(JsonPage&&) noexcept;

  size_t size() const;
  // There was no answer at all.
  bool blank() const;
  // The record as compact JSON, its numbers as they are in the answer, and a hash of it.
  std::string Text(size_t index) const;
  uint64_t Hash(size_t index) const;
  // The text, number (with all its digits) or boolean at a place of a record, or of the answer, as
  // text; nothing if it is not there, or null. Throws BadPage: it is an object or an array.
  std::optional<std::string> ScalarOf(size_t index, const std::string& pointer) const;
  std::optional<std::string> ScalarOfAnswer(const std::string& pointer) const;
  // Schemaless values: objects are maps. Whole numbers are int64, all others float64.
  sdk::Value ValueOf(size_t index, abi::Arena& arena) const;
  // The value at a place of a record: a scalar as it is, a number that neither int64 nor float64
  // holds as text, all else as its JSON; null if there is none.
  sdk::Value KeyOf(size_t index, const std::string& pointer, abi::Arena& arena) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

// A text as JSON, with its quotes.
std::string JsonString(std::string_view text);

}  // namespace sluice::http_source

#endif  // SLUICE_CONNECTORS_HTTP_SOURCE_JSON_PAGE_H_
