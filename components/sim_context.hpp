// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <systemc>

namespace sumline {

/// One simulation: a kernel of its own with a resolution of 1 fs, in which a warning of the kernel is an
/// error. Construct before the first module and destroy after the last. A process may run one after another,
/// not two at once.
class SimContext {
 public:
  SimContext();
  SimContext(const SimContext&) = delete;
  SimContext& operator=(const SimContext&) = delete;
  ~SimContext();

  /// Runs until nothing is left to happen or stop() was called; ends all processes, so that their locals are
  /// released. Once per context. @throws what was given to stop(); InternalError with the kernel's report.
  void run();

  /// Ends the run from inside a process; run() throws `reason`. The calling process continues to its next
  /// wait.
  void stop(std::exception_ptr reason);

 private:
  sc_core::sc_simcontext* previous_;
  sc_core::sc_simcontext* previous_default_;
  sc_core::sc_actions warning_actions_;
  std::unique_ptr<sc_core::sc_simcontext> context_;
  std::exception_ptr reason_;
};

}  // namespace sumline
