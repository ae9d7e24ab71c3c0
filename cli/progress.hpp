// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace sumline::cli {

/// Progress of long work on stderr: a bar that redraws itself on a terminal, a plain line every few seconds
/// elsewhere. Safe to call from several threads.
class ProgressBar {
 public:
  /// @param quiet prints nothing
  ProgressBar(std::string what, std::uint64_t total, bool quiet);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// @param note short text behind the bar, e.g. the loss
  void update(std::uint64_t done, const std::string& note = {});
  /// Takes the bar off the terminal, so that a line can be printed; the next update draws it again.
  void clear();

 private:
  void draw(std::uint64_t done, const std::string& note);

  std::mutex mutex_;
  const std::string what_;
  const std::uint64_t total_;
  const bool quiet_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point drawn_;
  std::uint64_t done_ = 0;
};

}  // namespace sumline::cli
