import Tensors
import Testing

@Suite struct TensorTests {
  @Test func valuesComeBackAsTheyWent() throws {
    let tensor = try Tensor.of([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(try tensor.shape == [2, 3])
    #expect(try tensor.elementType == .float32)
    #expect(try tensor.permuted([1, 0]).values() as [Float] == [1, 4, 2, 5, 3, 6])
    #expect(try Tensor.of([7, -8] as [Int64], shape: [2]).values(as: Int64.self) == [7, -8])
  }

  @Test func channelsLastChangesTheLayoutAndNotTheValues() throws {
    let values = (0..<48).map(Float.init)
    let tensor = try Tensor.of(values, shape: [2, 3, 2, 4]).channelsLast()
    #expect(try tensor.shape == [2, 3, 2, 4])
    #expect(try tensor.values() == values)
  }

  @Test func errorsNameTheOperationAndTheShapes() throws {
    let left = try Tensor.filled(1, shape: [2, 3])
    let right = try Tensor.filled(1, shape: [4, 5])
    let error = #expect(throws: TensorError.self) { try left.linear(weight: right) }
    #expect(error?.code == .operationFailed)
    #expect(error?.message.contains("linear of float32[2, 3], float32[4, 5]") == true)
  }

  @Test(arguments: [[2, 2], [-1, -3], [Int.max, 2]])
  func unsuitableBytesAreRefused(shape: [Int]) throws {
    let error = #expect(throws: TensorError.self) { try Tensor.of([1, 2, 3] as [Float], shape: shape) }
    #expect(error?.code == .unsuitableBytes)
    #expect(throws: TensorError.self) { try Tensor.filled(1, shape: [1]).values(as: Int64.self) }
  }

  @Test func marginsFollowTheSides() throws {
    let one = try Tensor.filled(1, shape: [1, 1, 1, 1])
    let padded = try one.convolved(with: one, padding: Margins(left: 0, right: 2, top: 1, bottom: 0))
    #expect(try padded.shape == [1, 1, 2, 3])
    #expect(try padded.values() as [Float] == [0, 0, 0, 1, 0, 0])
  }

  @Test func randomDrawsAreAFunctionOfTheSeed() throws {
    let first: [Float] = try Tensor.normal(deviation: 2, seed: 5, shape: [64, 64]).values()
    #expect(try Tensor.normal(deviation: 2, seed: 5, shape: [64, 64]).values() == first)
    #expect(try Tensor.normal(deviation: 2, seed: 6, shape: [64, 64]).values() != first)
    let variance = first.reduce(0) { $0 + Double($1) * Double($1) } / Double(first.count)
    #expect(abs(variance - 4) < 0.4)
  }

  @Test func dropoutKeepsTheMeanAndFollowsItsSeed() throws {
    let ones = try Tensor.filled(1, shape: [10_000])
    let dropped: [Float] = try ones.droppedOut(probability: 0.2, seed: 3).values()
    #expect(Set(dropped) == [0, 1.25])
    #expect(abs(dropped.reduce(0, +) / 10_000 - 1) < 0.03)
    #expect(try ones.droppedOut(probability: 0.2, seed: 3).values() == dropped)
    #expect(try ones.droppedOut(probability: 0.2, seed: 4).values() != dropped)
  }

  @Test func wholePathsAreDroppedAndTheMeanIsKept() throws {
    let ones = try Tensor.filled(1, shape: [10_000, 2, 3])
    let dropped: [Float] = try ones.pathsDropped(probability: 0.2, seed: 3).values()
    let items = stride(from: 0, to: dropped.count, by: 6).map { Set(dropped[$0..<$0 + 6]) }
    #expect(Set(items) == [[0], [1.25]])
    #expect(abs(dropped.reduce(0, +) / 60_000 - 1) < 0.03)
    #expect(try ones.pathsDropped(probability: 0.2, seed: 3).values() == dropped)
    #expect(try ones.pathsDropped(probability: 0.2, seed: 4).values() != dropped)
  }

  /// Known values, so that a wrong kind of each layer shows: gelu by the error function, the norm of columns.
  @Test func layersHaveTheirKnownValues() throws {
    let x = try Tensor.of([-1, 0, 2] as [Float], shape: [3])
    func expect(_ tensor: Tensor, _ expected: [Float], _ name: String) throws {
      let values: [Float] = try tensor.values()
      #expect(values.count == expected.count, "\(name)")
      for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 1e-6, "\(name)") }
    }
    try expect(x.relu(), [0, 0, 2], "relu")
    try expect(x.silu(), [-0.26894143, 0, 1.7615942], "silu")
    try expect(x.gelu(), [-0.15865526, 0, 1.9544997], "gelu")
    try expect(x.sigmoid(), [0.26894143, 0.5, 0.8807971], "sigmoid")
    let square = try Tensor.of([-3, -1, -4, -1] as [Float], shape: [1, 1, 2, 2])
    try expect(square.maxPooled(size: 3, stride: 2, padding: 1), [-1], "max pooling ignores its padding")
    try expect(square.mean(over: [2]), [-3.5, -1], "mean")
    try expect(square.norm(over: [2]), [5, 1.4142135], "norm")
    #expect(try square.norm(over: [2]).shape == [1, 1, 1, 2])
    let (ones, zeros) = (try Tensor.filled(1, shape: [2]), try Tensor.filled(0, shape: [2]))
    try expect(square.layerNormalised(weight: ones, bias: zeros, epsilon: 0), [-1, 1, -1, 1], "layer normalisation")
  }

  @Test func errorsOfLayersNameShapesAndTypes() throws {
    let pictures = try Tensor.filled(1, shape: [1, 3, 4, 4])
    let weight = try Tensor.filled(1, shape: [8, 4, 3, 3]).converted(to: .float64)
    let error = #expect(throws: TensorError.self) { try pictures.convolved(with: weight) }
    #expect(error?.message.contains("convolution of float32[1, 3, 4, 4], float64[8, 4, 3, 3]") == true)
    let axes = #expect(throws: TensorError.self) { try pictures.mean(over: [7]) }
    #expect(axes?.message.contains("mean over [7] of float32[1, 3, 4, 4]") == true)
  }

  @Test func withoutGradientsNothingIsRecordedAndItEnds() throws {
    let weight = try Tensor.filled(3, shape: [1])
    try weight.setRequiresGradient(true)
    let unrecorded = try Libtorch.withoutGradients { try weight * weight }
    #expect(throws: TensorError.self) { try unrecorded.sum().backward() }
    #expect(try weight.gradient == nil)
    #expect(throws: TensorError.self) { try Libtorch.withoutGradients { try Tensor.filled(1, shape: [-1]) } }
    try (weight * weight).sum().backward()
    #expect(try weight.gradient?.scalar() == 6)
  }

  @Test func normIsTheRootOfTheSumOfSquares() throws {
    #expect(try Tensor.of([3, -4] as [Float], shape: [2, 1]).norm().scalar() == 5)
  }

  @Test func isFiniteSeesInfinityAndNaN() throws {
    #expect(try Tensor.of([1, 2] as [Float], shape: [2]).isFinite())
    #expect(try !Tensor.of([1, .infinity] as [Float], shape: [2]).isFinite())
    #expect(try !Tensor.of([.nan, 1] as [Float], shape: [2]).isFinite())
  }

  @Test func theVersionIsOneThatTheShimIsFor() throws {
    #expect(try Libtorch.version.first == "1" || Libtorch.version.first == "2")
  }

  /// The reference BLAS would need over 0.3 s of one core for this product; OpenBLAS needs about 0.02 s.
  @Test func matrixProductsUseAFastLibrary() throws {
    try Libtorch.withThreads(1) {
      let square = try Tensor.normal(deviation: 1, seed: 1, shape: [1024, 1024])
      _ = try square.linear(weight: square).sum().scalar()
      let clock = ContinuousClock()
      let times = try (0..<5).map { _ in try clock.measure { _ = try square.linear(weight: square).sum().scalar() } }
      #expect(times.min().map { $0 < .milliseconds(200) } == true)
    }
  }
}
