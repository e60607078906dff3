import Foundation
import Tensors
import Testing

@Suite struct MemoryTests {
  /// In a process of its own: what is measured is the whole process.
  @Test func aThousandStepsNeedNoMoreMemoryThanAHundred() async {
    await #expect(processExitsWith: .success) {
      let (losses, resident) = try trainATinyNetwork(steps: 1_000)
      let (early, late) = (losses.prefix(100).reduce(0, +), losses.suffix(100).reduce(0, +))
      try #require(late < early / 2, "the network does not learn")
      // The maps of a step alone are 1.5 MB; of 900 steps they would be over a gigabyte.
      try #require(resident[999] - resident[99] < 20_000, "\(resident[99]) kB, then \(resident[999]) kB")
    }
  }

  /// Blocks that are kept for whoever asks next are not kept for ever.
  @Test func blocksOfEverySizeNeedNoMoreMemoryThanTheLargest() async {
    await #expect(processExitsWith: .success) {
      // libtorch itself takes as much.
      _ = try Tensor.filled(1, shape: [1]).sum().scalar()
      let before = try residentKilobytes()
      let largest = 64 << 20
      for percent in [100, 10, 23, 35, 48, 61, 74, 87, 99] {
        let values = try Tensor.filled(Double(percent), shape: [largest / 4 * percent / 100])
        try #require(try values.sum().scalar() > 0)
      }
      let grown = try residentKilobytes() - before
      // All of them together would be more than five times the largest.
      try #require(grown < 2 * largest / 1_024, "\(grown) kB")
    }
  }
}

/// A convolution, batch normalisation, pooling and a linear layer learn which of two hues a picture has.
///
/// - Returns: of every step the loss, and the kilobytes that the process then holds.
private func trainATinyNetwork(steps: Int) throws -> (losses: [Double], resident: [Int]) {
  func parameter(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let tensor = try Tensor.normal(deviation: 0.3, seed: seed, shape: shape)
    try tensor.setRequiresGradient(true)
    return tensor
  }
  let kernel = try parameter([8, 3, 3, 3], seed: 1)
  let (scale, shift) = (try parameter([8], seed: 2), try parameter([8], seed: 3))
  let (weight, bias) = (try parameter([2, 8], seed: 4), try parameter([2], seed: 5))
  let (mean, variance) = (try Tensor.filled(0, shape: [8]), try Tensor.filled(1, shape: [8]))
  let optimiser = try Optimiser(.adamW(), [.init([kernel, scale, shift, weight, bias], weightDecay: 0.01)])
  let pictures = try Tensor.normal(deviation: 1, seed: 6, shape: [16, 3, 32, 32])
  let targets = (0..<16).map { $0 % 2 }
  let hues = try Tensor.of(targets.flatMap { $0 == 0 ? [1, 0, 0] as [Float] : [0, 0, 1] }, shape: [16, 3, 1, 1])
  let input = try (pictures + hues).channelsLast()
  var (losses, resident): ([Double], [Int]) = ([], [])
  for step in 0..<steps {
    let map = try input.convolved(with: kernel, padding: 1).batchNormalised(
      weight: scale, bias: shift, runningMean: mean, runningVariance: variance, training: true, momentum: 0.1,
      epsilon: 1e-5)
    let loss = try map.relu().globalAveragePooled().pathsDropped(probability: 0.1, seed: UInt64(step))
      .linear(weight: weight, bias: bias).crossEntropy(targets: targets)
    try loss.backward()
    try optimiser.step(learningRate: 1e-2)
    losses.append(try loss.scalar())
    resident.append(try residentKilobytes())
  }
  return (losses, resident)
}

private func residentKilobytes() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
  return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
}
