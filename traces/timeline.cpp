// SPDX-License-Identifier: Apache-2.0
#include "traces/timeline.hpp"

#include <fmt/format.h>

namespace sumline {
namespace {

std::string microseconds(std::uint64_t femtoseconds) {
  constexpr std::uint64_t kPerMicrosecond = 1'000'000'000;
  return fmt::format("{}.{:09}", femtoseconds / kPerMicrosecond, femtoseconds % kPerMicrosecond);
}

std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\')
      json += std::string("\\") + character;
    else if (static_cast<unsigned char>(character) < 0x20)
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    else
      json += character;
  }
  return json + '"';
}

}  // namespace

TimelineWriter::TimelineWriter(const std::string& path) : file_(path) {
  file_.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
}

void TimelineWriter::span(const std::string& track, const std::string& what, std::uint64_t start,
                          std::uint64_t duration) {
  const auto [known, is_new] = tracks_.emplace(track, tracks_.size());
  if (is_new)
    entry(fmt::format(R"({{"ph":"M","pid":0,"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
                      known->second, quoted(track)));
  entry(fmt::format(R"({{"ph":"X","pid":0,"tid":{},"name":{},"ts":{},"dur":{}}})", known->second,
                    quoted(what), microseconds(start), microseconds(duration)));
}

void TimelineWriter::commit() {
  file_.write("\n]}\n");
  file_.commit();
}

void TimelineWriter::entry(const std::string& text) {
  file_.write(first_ ? "\n" : ",\n");
  file_.write(text);
  first_ = false;
}

}  // namespace sumline
