// For tests that replay what Java answered, one JSON object a line: what Sluice makes of a question
// is as Java's, something else, or an error, and an error of Java's wants an error.
#ifndef SLUICE_RUNTIME_CONVERT_PEER_ANSWERS_H_
#define SLUICE_RUNTIME_CONVERT_PEER_ANSWERS_H_

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "runtime/base/json.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::convert::peer {

inline std::string Member(const rapidjson::Value& line, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(line, name);
  return member != nullptr && member->IsString() ? std::string(JsonText(*member)) : std::string();
}
inline bool Has(const rapidjson::Value& line, std::string_view name) {
  return FindJsonMember(line, name) != nullptr;
}

// The same JSON, whatever the order of members, and of pairs: Java's maps have one of their own.
inline bool SameJson(const rapidjson::Value& a, const rapidjson::Value& b) {
  if (a.IsObject() && b.IsObject()) {
    return a.MemberCount() == b.MemberCount() &&
           std::all_of(a.MemberBegin(), a.MemberEnd(), [&](const auto& member) {
             const rapidjson::Value* other = FindJsonMember(b, JsonText(member.name));
             return other != nullptr && SameJson(member.value, *other);
           });
  }
  if (!a.IsArray() || !b.IsArray()) return a == b;
  const auto is_pair = [](const auto& one) { return one.IsArray() && one.Size() == 2; };
  const auto same = [](const auto& one, const auto& other) { return SameJson(one, other); };
  if (std::all_of(a.Begin(), a.End(), is_pair)) {
    return std::is_permutation(a.Begin(), a.End(), b.Begin(), b.End(), same);
  }
  return std::equal(a.Begin(), a.End(), b.Begin(), b.End(), same);
}
inline bool SameJson(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto one = ParseJson(a), other = ParseJson(b);
  return one.ok() && other.ok() && SameJson(*one, *other);
}

class Answer {
 public:
  // An error of what is tested; not of the test's own tools.
  Answer(Status error) : error_(std::move(error)) {}  // NOLINT: returned as one

  // `got` is told if it is not the same.
  static Answer Of(bool same, std::string_view what, std::string_view got = "") {
    return Answer(same, StrCat(what, " ", got));
  }
  static Answer Same() { return Answer(true, ""); }
  static Answer Other(std::string text) { return Answer(false, std::move(text)); }

  bool same() const { return same_; }
  bool is_error() const { return !error_.ok(); }
  const Status& error() const { return error_; }
  std::string Text() const { return is_error() ? Describe(error_) : same_ ? "the same" : text_; }

 private:
  Answer(bool same, std::string text) : same_(same), text_(std::move(text)) {}

  Status error_;
  bool same_ = false;
  std::string text_;
};

// Counts answers by question, and fails the test for those that are not as Java's.
class Tally {
 public:
  // `known` differences may be as they are, but not be as Java's by now.
  void Add(const rapidjson::Value& line, const Answer& got, bool known, std::string_view where) {
    const std::string question = Member(line, "question");
    const bool as_java = Has(line, "error") ? IsError(line, got) : got.same();
    ++counts_[StrCat(question, known                ? ", known differences"
                               : Has(line, "error") ? ", errors"
                                                    : "")];
    if (as_java != known) return;
    if (++failed_ > 20) return;
    ADD_FAILURE() << (known ? "is no difference any more: " : "") << where << "\n  got "
                  << got.Text();
  }

  // "from 5, to 7", in the order of the alphabet.
  std::string Counts() const {
    std::string text;
    for (const auto& [name, count] : counts_) {
      StrAppend(text, text.empty() ? "" : "; ", name, " ", count);
    }
    return text;
  }
  int failed() const { return failed_; }
  // Errors that say the same as Java's.
  int same_texts() const { return same_texts_; }

 private:
  // An exception of Kafka's has its class here, too; those of the JVM and of libraries have ours.
  bool IsError(const rapidjson::Value& line, const Answer& got) {
    if (!got.is_error()) return false;
    const std::string error = Member(line, "error"), java_class = Member(line, "class");
    if (StackTrace(got.error()).find(StrCat(": ", error)) != std::string::npos) ++same_texts_;
    return !java_class.starts_with("org.apache.kafka.") ||
           ExceptionClass(got.error()) == java_class;
  }

  std::map<std::string, int> counts_;
  int failed_ = 0;
  int same_texts_ = 0;
};

// The lines of a file in the runfiles.
inline void ForEachLine(
    std::string_view path,
    const std::function<void(int, const std::string&, const rapidjson::Document&)>& take) {
  std::ifstream file(StrCat(std::getenv("TEST_SRCDIR"), "/sluice/", path));
  ASSERT_TRUE(file.is_open()) << path;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const auto line = ParseJson(text);
    ASSERT_TRUE(line.ok()) << number;
    take(number, text, *line);
  }
}

}  // namespace sluice::convert::peer

#endif  // SLUICE_RUNTIME_CONVERT_PEER_ANSWERS_H_
