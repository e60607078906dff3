import Tensors
import Testing

/// Convolutions of every channel by itself, with channels innermost, against libtorch's, with channels outermost.
@Suite struct DepthwiseTests {
  struct Case: CustomTestStringConvertible {
    var size: Int
    var stride: Int
    var padding: Margins
    var shape: [Int]
    var testDescription: String { "\(size) x \(size), stride \(stride), \(padding), of \(shape)" }
  }

  /// Even and uneven margins, windows that are never whole, more than one group of pictures, channels that do not fit.
  static let cases = [
    Case(size: 3, stride: 1, padding: 1, shape: [3, 16, 9, 7]),
    Case(size: 3, stride: 2, padding: Margins(left: 0, right: 1, top: 0, bottom: 1), shape: [2, 32, 12, 10]),
    Case(size: 5, stride: 1, padding: 2, shape: [5, 48, 4, 3]),
    Case(size: 5, stride: 2, padding: Margins(left: 1, right: 2, top: 1, bottom: 2), shape: [1, 16, 14, 14]),
    Case(size: 5, stride: 2, padding: Margins(left: 2, right: 2, top: 1, bottom: 2), shape: [2, 16, 2, 1]),
    Case(size: 7, stride: 1, padding: 3, shape: [2, 32, 11, 13]),
    Case(size: 7, stride: 3, padding: Margins(left: 0, right: 4, top: 3, bottom: 0), shape: [3, 16, 15, 8]),
    Case(size: 3, stride: 2, padding: Margins(left: 0, right: 1, top: 0, bottom: 1), shape: [2, 24, 8, 8]),
    Case(size: 4, stride: 1, padding: 1, shape: [2, 16, 8, 8]),
  ]

  /// Output, gradient of the input and of the filter, of a weighted sum.
  private func results(_ one: Case, channelsInnermost: Bool) throws -> [Tensor] {
    let channels = one.shape[1]
    var input = try Tensor.normal(deviation: 1, seed: 1, shape: one.shape)
    if channelsInnermost { input = try input.channelsLast().copied() }
    let weight = try Tensor.normal(deviation: 1, seed: 2, shape: [channels, 1, one.size, one.size])
    for tensor in [input, weight] { try tensor.setRequiresGradient(true) }
    let output = try input.convolved(with: weight, stride: one.stride, padding: one.padding, groups: channels)
    try (output * Tensor.normal(deviation: 1, seed: 3, shape: output.shape)).sum().backward()
    return [output, try #require(try input.gradient), try #require(try weight.gradient)]
  }

  @Test(arguments: cases) func outputsAndGradientsAreLibtorchs(_ one: Case) throws {
    let found = try results(one, channelsInnermost: true), expected = try results(one, channelsInnermost: false)
    for (name, (found, expected)) in zip(["output", "of input", "of filter"], zip(found, expected)) {
      #expect(try found.shape == expected.shape, "\(name)")
      let (a, b): ([Float], [Float]) = (try found.values(), try expected.values())
      let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 1e-5 * b.reduce(1) { max($0, abs($1)) }, "\(name): \(worst)")
    }
  }

  @Test(arguments: cases) func threadsDoNotChangeTheFiltersGradient(_ one: Case) throws {
    let bytes = try [1, 2].map { threads in
      try Libtorch.withThreads(threads) { try results(one, channelsInnermost: true)[2].bytes() }
    }
    // libtorch's own promises nothing.
    if one.size != 4, one.shape[1].isMultiple(of: 16) { #expect(bytes[0] == bytes[1]) }
  }
}
