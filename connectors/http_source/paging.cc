#include "connectors/http_source/paging.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>
#include <unordered_map>

#include "connectors/http/url.h"
#include "connectors/shared/text.h"

namespace sluice::http_source {
namespace {

using http::Template;

constexpr size_t kOffsetBytesMax = 8192;
// Hashes of records at the boundary in memory: all of a page's, and others up to so many.
constexpr size_t kOthersMax = 10'000;

// Of the mode that counts; "" counts as nothing.
int64_t NumberOf(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) {
    throw BadPage("the offset '" + text + "' is no whole number, and http.offset.mode counts; " +
                  "correct it with PATCH /connectors/<name>/offsets");
  }
  return number;
}

// So many further.
std::string Plus(const std::string& offset, int64_t count) {
  const int64_t number = NumberOf(offset);
  if (number > std::numeric_limits<int64_t>::max() - count) {
    throw BadPage("the offset '" + offset + "' is too large to be counted on; correct it with " +
                  "PATCH /connectors/<name>/offsets");
  }
  return sdk::Cat(number + count);
}

// What may not stand in a URL is percent-encoded; what is, is left alone.
std::string FitForUrl(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool fits = static_cast<uint8_t>(c) > ' ' && static_cast<uint8_t>(c) < 0x7F &&
                      std::string_view("\"<>\\^`{|}#").find(c) == std::string_view::npos;
    out += fits ? std::string(1, c) : shared::PercentEncode({&c, 1});
  }
  return out;
}

}  // namespace

std::string NextLink(const http::Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!shared::EqualIgnoringCase(name, "Link")) continue;
    std::string_view rest = value;
    while (true) {
      const size_t begin = rest.find('<');
      const size_t end = begin == std::string_view::npos ? begin : rest.find('>', begin);
      if (end == std::string_view::npos) break;
      const std::string_view target = rest.substr(begin + 1, end - begin - 1);
      rest.remove_prefix(end + 1);
      const std::string_view parameters = rest.substr(0, rest.find('<'));
      for (std::string_view next : {"rel=\"next\"", "rel=next", "rel='next'"}) {
        if (parameters.find(next) != std::string_view::npos) return std::string(target);
      }
    }
  }
  return "";
}

std::string Paging::Expand(const Template& text, bool url) const {
  std::string out;
  text.Expand(out, [&](const Template::Variable& variable, std::string& to) {
    const std::string& value = variable.name == "offset" ? request_.offset : entity_;
    if (variable.form == "json") {
      bool number = !value.empty() && value.size() < 19 && (value[0] != '0' || value.size() == 1);
      for (char c : value) number = number && c >= '0' && c <= '9';
      to += number ? value : JsonString(value);
    } else {
      to += url || variable.form == "url" ? shared::PercentEncode(value) : value;
    }
  });
  return out;
}

std::string Paging::Parameters() const { return FitForUrl(Expand(config_.parameters, true)); }

http::Request Paging::MakeRequest() const {
  http::Request request;
  request.method = config_.method;
  request.url = Expand(config_.url, true);
  const bool by_link = config_.mode == OffsetMode::kNextLink && !request_.offset.empty();
  if (by_link) {
    const std::string origin = http::Origin(request.url);
    request.url = http::Resolve(request.url, request_.offset);
    if (http::Origin(request.url) != origin) {  // whoever may alter offsets may not see passwords
      throw sdk::ConnectException("The offset leads to ", http::Origin(request.url),
                                  ", and not to ", origin,
                                  "; correct it with PATCH /connectors/<name>/offsets");
    }
    // What the link says of a parameter counts.
    const http::Parameters there = http::QueryOf(request.url);
    std::string query;
    for (const auto& [name, value] : http::SplitQuery(Parameters())) {
      const bool said = std::any_of(there.begin(), there.end(),
                                    [&](const auto& each) { return each.first == name; });
      if (!said) query += (query.empty() ? "" : "&") + name + "=" + value;
    }
    request.url = http::WithQuery(request.url, query);
  } else {
    request.url = http::WithQuery(request.url, Parameters());
  }
  for (const auto& [name, value] : config_.headers) {
    request.headers.emplace_back(name, Expand(value, false));
  }
  if (http::FindHeader(request.headers, "Accept") == nullptr) {
    request.headers.emplace_back("Accept", "application/json");
  }
  if (config_.method == "POST") {
    request.body = Expand(config_.body, false);
    if (http::FindHeader(request.headers, "Content-Type") == nullptr) {
      request.headers.emplace_back("Content-Type", "application/json");
    }
  }
  return request;
}

// How many records at the page's beginning are those that `many` and `all` stand for.
size_t Paging::KnownAtFront(const JsonPage& page) const {
  const auto many = static_cast<size_t>(request_.many);
  if (many == 0 || many > page.size()) return 0;
  std::vector<uint64_t> hashes(many);
  for (size_t i = 0; i < many; ++i) hashes[i] = page.Hash(i);
  return HashOfAll(hashes) == request_.all ? many : 0;
}

// The records of the page that were not sent.
std::vector<size_t> Paging::FreshOf(const JsonPage& page) const {
  size_t done = static_cast<size_t>(request_.done);
  if (done > page.size() || (done > 0 && page.Hash(done - 1) != request_.mark)) done = 0;
  done = std::max(done, KnownAtFront(page));
  std::unordered_map<uint64_t, size_t> seen;
  for (uint64_t hash : request_.seen) ++seen[hash];
  std::vector<size_t> fresh;
  for (size_t i = 0; i < page.size(); ++i) {
    if (!seen.empty()) {  // each stands for one record
      const auto known = seen.find(page.Hash(i));
      if (known != seen.end() && known->second > 0) {
        --known->second;
        continue;
      }
    }
    if (i >= done) fresh.push_back(i);
  }
  return fresh;
}

Paging::Step Paging::Look(const JsonPage& page, const http::Headers& headers) const {
  Step step;
  step.fresh = FreshOf(page);
  step.page = request_;
  switch (config_.mode) {
    case OffsetMode::kSimpleIncrementing:
      NextByCount(page, step);
      break;
    case OffsetMode::kPageNumber:
      NextByPage(page, step);
      break;
    case OffsetMode::kChaining:
      NextByRecord(page, step);
      break;
    case OffsetMode::kCursor:
    case OffsetMode::kNextLink:
    case OffsetMode::kSnapshot:
      NextByAnswer(page, headers, step);
      break;
  }
  return step;
}

// Of an empty page, or none (204, 304), nothing follows for what was sent of it.
Position Paging::AllOf(const JsonPage& page) const {
  if (page.size() == 0) return request_;
  Position position{.offset = request_.offset};
  position.done = static_cast<int64_t>(page.size());
  position.mark = page.Hash(page.size() - 1);
  return position;
}

void Paging::NextByCount(const JsonPage& page, Step& step) const {
  const int64_t count = static_cast<int64_t>(page.size());
  step.stored = {.offset = Plus(request_.offset, count)};
  step.request = step.stored;
  step.more = count > 0 && count >= config_.page_size;
}

// Where a page's size is not known, the one behind it is looked at; if that is empty, this one is
// asked for again later, as it may grow.
void Paging::NextByPage(const JsonPage& page, Step& step) const {
  const int64_t count = static_cast<int64_t>(page.size());
  const bool known = config_.page_size > 0;
  if (!known && count == 0) {
    step.stored = step.request = stored_;
    return;
  }
  const Position next{.offset = Plus(request_.offset, 1)};
  if (known && count >= config_.page_size) {
    step.stored = step.request = next;
    step.more = true;
    return;
  }
  step.stored = step.request = AllOf(page);
  if (known) return;
  step.request = next;
  step.more = true;
}

void Paging::NextByRecord(const JsonPage& page, Step& step) const {
  step.stored = step.request = request_;
  if (page.size() == 0) return;
  const auto offset_of = [&](size_t index) {
    std::optional<std::string> offset = page.ScalarOf(index, config_.offset_pointer);
    if (!offset) {
      throw BadPage(sdk::Cat("record ", index + 1, " of ", page.size(), " has no offset at ",
                             config_.offset_pointer, " (http.offset.json.pointer)"));
    }
    return *offset;
  };
  Position next{.offset = offset_of(page.size() - 1)};
  std::vector<uint64_t> at_boundary, before, others;
  for (size_t i = 0; i < page.size(); ++i) {
    if (offset_of(i) == next.offset) at_boundary.push_back(page.Hash(i));
  }
  const bool moved = next.offset != request_.offset;
  if (!moved) before = request_.seen;
  std::sort(at_boundary.begin(), at_boundary.end());
  std::sort(before.begin(), before.end());
  // Of each hash as many as there are on either side: what was seen before mostly came again. The
  // page's come first: they are the last to be left out.
  std::set_difference(before.begin(), before.end(), at_boundary.begin(), at_boundary.end(),
                      std::back_inserter(others));
  next.seen = std::move(at_boundary);
  const size_t room = kOthersMax - std::min(kOthersMax, next.seen.size());
  next.seen.insert(next.seen.end(), others.begin(),
                   others.begin() + static_cast<std::ptrdiff_t>(std::min(others.size(), room)));
  if (next.seen.size() > kSeenMax) {
    next.many = static_cast<int64_t>(next.seen.size());
    next.all = HashOfAll(next.seen);
  }
  step.request = next;
  if (next.seen.size() > kSeenMax) next.seen.resize(kSeenMax);
  step.stored = std::move(next);
  // The same request would have the same answer.
  step.more = moved && !step.fresh.empty();
}

std::string Paging::NextOf(const JsonPage& page, const http::Headers& headers) const {
  std::string next;
  if (!config_.next_pointer.empty()) {
    next = page.ScalarOfAnswer(config_.next_pointer).value_or("");
  } else if (config_.mode == OffsetMode::kNextLink) {
    next = NextLink(headers);
  }
  if (next == "false") next.clear();  // some say so
  if (next.size() > kOffsetBytesMax) {
    throw BadPage(sdk::Cat("the next page's cursor or link has ", next.size(), " bytes, more than ",
                           kOffsetBytesMax));
  }
  if (next.empty() || config_.mode != OffsetMode::kNextLink) return next;
  const std::string base = Expand(config_.url, true);
  try {
    const std::string from = request_.offset.empty() ? base : http::Resolve(base, request_.offset);
    const std::string url = http::Resolve(from, next);
    if (http::Origin(url) != http::Origin(base)) {
      throw BadPage(sdk::Cat("the next page is at ", http::Origin(url), ", and not at ",
                             http::Origin(base), ": passwords would go to another server"));
    }
    // Configured parameters, which may be secret, are not stored: they are put there again.
    return http::PathAndQuery(url, http::SplitQuery(Parameters()));
  } catch (const http::BadUrl& bad) {
    throw BadPage(sdk::Cat("the next page's link is no URL: ", bad.what()));
  }
}

void Paging::NextByAnswer(const JsonPage& page, const http::Headers& headers, Step& step) const {
  const std::string next = NextOf(page, headers);
  if (!next.empty() && next != request_.offset) {
    step.stored = step.request = {.offset = next};
    // A cursor that comes with an empty page is one for later.
    step.more = page.size() > 0;
    return;
  }
  step.stored = config_.mode == OffsetMode::kSnapshot ? Position{.offset = config_.initial_offset}
                                                      : AllOf(page);
  step.request = step.stored;
}

}  // namespace sluice::http_source
