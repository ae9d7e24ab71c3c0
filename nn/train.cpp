// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "energy/error.hpp"
#include "nn/batches.hpp"
#include "nn/checkpoint.hpp"
#include "nn/data_source.hpp"
#include "nn/evaluation.hpp"
#include "nn/loss.hpp"
#include "nn/network.hpp"
#include "nn/nn.hpp"
#include "nn/optimizer.hpp"
#include "nn/random.hpp"
#include "nn/run_directory.hpp"
#include "nn/training_state.hpp"
#include "traces/atomic_file.hpp"

namespace sumline {
namespace {

class Trainer {
 public:
  Trainer(const Recipe& recipe, const NetworkConfig& config, const TrainOptions& options)
      : recipe_(recipe),
        options_(options),
        directory_(options.run),
        data_(load_data(recipe.data, config)),
        image_(config.image),
        pixels_(pixel_table(recipe.data, config.image.channels)),
        network_(config, recipe.bits, recipe.converter),
        optimizer_(recipe.optimizer, network_) {
    if (options.resume) {
      directory_.reopen(recipe, config);
      position_ = load_training(directory_.training(), network_, optimizer_);
      metrics_ = directory_.metrics(position_.epoch);
    } else {
      directory_.create(recipe, config);
      if (options.initial.empty()) {
        initialize(network_, recipe.seed);
      } else {
        load_state(network_, load_tensors(options.initial), options.initial.string());
      }
    }
    use_channels_last(network_);
  }

  TrainResult run() {
    while (position_.epoch < recipe_.epochs) {
      if (!train_epoch()) {
        save();
        return {true, last()};
      }
      finish_epoch();
    }
    directory_.write_results(recipe_, metrics_, data_.test.count(), other_accuracies());
    return {false, last()};
  }

 private:
  /// The trained weights at other bits, batch-norm statistics as trained.
  std::vector<AccuracyAt> other_accuracies() {
    std::vector<AccuracyAt> accuracies;
    for (const std::string& bits : recipe_.evaluate_bits) {
      Network other(network_.config(), bits, recipe_.converter);
      load_state(other, state_of(network_), options_.run.string());
      accuracies.push_back({bits, evaluate(other, data_.test, data_.test.count(), pixels_).value()});
    }
    return accuracies;
  }

  EpochMetrics last() const { return metrics_.empty() ? EpochMetrics{} : metrics_.back(); }
  std::size_t batches() const { return (data_.train.count() + recipe_.batch - 1) / recipe_.batch; }
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  /// @returns false if the user stopped it; position_ then tells where to continue
  bool train_epoch() {
    const std::vector<std::uint32_t> order = shuffled(recipe_.seed, position_.epoch, data_.train.count());
    if (position_.batch == 0) optimizer_.begin_epoch();
    optimizer_.set_learning_rate(learning_rate(recipe_, position_.epoch));
    network_.train();
    network_.set_arithmetic({.trim_noise = recipe_.trim_noise});
    while (position_.batch < batches()) {
      if (stopped()) return false;
      const auto start = std::chrono::steady_clock::now();
      const std::size_t begin = position_.batch * recipe_.batch;
      train_batch(
          std::span(order).subspan(begin, std::min<std::size_t>(recipe_.batch, order.size() - begin)));
      position_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (options_.on_batch) {
        options_.on_batch({position_.epoch + 1, recipe_.epochs, position_.batch, batches(),
                           position_.loss / static_cast<double>(position_.images)});
      }
    }
    return true;
  }

  void train_batch(std::span<const std::uint32_t> indices) {
    const Batch batch = make_batch(data_.train, indices, pixels_, image_, [&](std::uint32_t image) {
      return place(recipe_.augmentation, recipe_.seed, position_.epoch, image, data_.train, image_);
    });
    seed_batch();
    const Mixture mixture = draw_mixture(batch.labels.size(0), recipe_.targets.mixup);
    const at::Tensor logits = network_.forward(mixture.images(batch.images));
    const at::Tensor loss = mixture.loss(batch.labels, [&](const at::Tensor& labels) {
      return batch_loss(recipe_.loss, logits, labels, recipe_.targets.label_smoothing);
    });
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw Error(
          fmt::format("{}: epoch {}, batch {}: loss is {}: lower optimizer.learning_rate{}",
                      options_.run.string(), position_.epoch + 1, position_.batch + 1, value,
                      metrics_.empty() ? "" : fmt::format("; checkpoint.pt keeps epoch {}", last().epoch)));
    }
    network_.zero_grad(true);
    loss.backward();
    optimizer_.step();
    limit_weights(network_);
    position_.loss += value * static_cast<double>(indices.size());
    position_.correct +=
        static_cast<std::uint64_t>(logits.argmax(1).eq(batch.labels).sum().item<std::int64_t>());
    position_.images += indices.size();
    ++position_.batch;
  }

  /// Noise, dropout and mixup draw from Torch's generator: the same numbers however often training was
  /// resumed.
  void seed_batch() const {
    const auto words =
        random_words(recipe_.seed, Draw::batch, position_.epoch, static_cast<std::uint32_t>(position_.batch));
    at::manual_seed(std::uint64_t{words[0]} << 32 | words[1]);
  }

  bool is_best() const {
    const auto earlier = std::max_element(metrics_.begin(), metrics_.end() - 1,
                                          [](auto& a, auto& b) { return a.test_accuracy < b.test_accuracy; });
    return earlier == metrics_.end() - 1 || last().test_accuracy > earlier->test_accuracy;
  }

  void finish_epoch() {
    network_.set_arithmetic({});
    const auto images = static_cast<double>(position_.images);
    const Accuracy test = evaluate(network_, data_.test, data_.test.count(), pixels_);
    metrics_.push_back({position_.epoch + 1, learning_rate(recipe_, position_.epoch), position_.loss / images,
                        static_cast<double>(position_.correct) / images, test.value(), position_.seconds});
    position_ = {position_.epoch + 1};
    directory_.write_metrics(metrics_);
    if (is_best()) save_tensors(directory_.best(), state_of(network_));
    save();
    save_tensors(directory_.checkpoint(), state_of(network_));
    if (options_.on_epoch) options_.on_epoch(last());
  }

  void save() { save_training(directory_.training(), network_, optimizer_, position_); }

  const Recipe recipe_;
  const TrainOptions& options_;
  const RunDirectory directory_;
  const Dataset data_;
  const Shape image_;
  const PixelTable pixels_;
  Network network_;
  Optimizer optimizer_;
  Position position_;
  std::vector<EpochMetrics> metrics_;
};

TrainResult train_stages(const Recipe& recipe, const NetworkConfig& network, const TrainOptions& options) {
  const RunDirectory root(options.run);
  const bool begun = std::filesystem::exists(options.run / recipe.stages.front().name);
  if (begun && !options.resume) {
    throw Error(options.run.string() +
                ": holds a training run: continue it with --resume, or name another folder");
  }
  if (!begun && options.resume) {
    throw Error(options.run.string() + ": nothing to resume: no stage " + recipe.stages.front().name);
  }
  begun ? root.check_descriptions(recipe, network) : root.create(recipe, network);
  TrainOptions stage_options = options;
  TrainResult result;
  for (std::size_t i = 0; i < recipe.stages.size(); ++i) {
    const RunDirectory stage(options.run / recipe.stages[i].name);
    stage_options.run = options.run / recipe.stages[i].name;
    stage_options.resume = std::filesystem::exists(stage.training());
    if (options.on_stage) options.on_stage(recipe.stages[i]);
    result = Trainer(stage_recipe(recipe, i), network, stage_options).run();
    if (result.stopped) return result;
    stage_options.initial = stage.best();
  }
  write_file(root.checkpoint(), read_file(stage_options.initial));
  write_file(root.results(), read_file(stage_options.run / root.results().filename()));
  return result;
}

}  // namespace

TrainResult train(const Recipe& recipe, const TrainOptions& options) {
  at::set_num_threads(static_cast<int>(recipe.threads));
  const NetworkConfig network = load_network(recipe.network, recipe.network_overrides);
  return recipe.stages.empty() ? Trainer(recipe, network, options).run()
                               : train_stages(recipe, network, options);
}

}  // namespace sumline
