import Foundation
import Tensors
import Testing

@Suite struct RowTests {
  private let left = [1, 2, 3, 4, 5, 6] as [Double]

  @Test func productsRowsAndConcatenation() throws {
    let a = try Tensor.of(left, shape: [2, 3])
    let b = try a.permuted([1, 0])
    #expect(try a.times(b).values() as [Double] == [14, 32, 32, 77])
    #expect(try a.rows(1..<2).values() as [Double] == [4, 5, 6])
    #expect(try Tensor.concatenated([a, a.rows(0..<1)]).values() as [Double] == left + [1, 2, 3])
    #expect(try a.scaled(by: 2).values() as [Double] == left.map { 2 * $0 })
    #expect(throws: TensorError.self) { try a.times(a) }
    #expect(throws: TensorError.self) { try a.rows(1..<3) }
  }

  @Test func alongAnAxis() throws {
    let a = try Tensor.of([1, 1, 1000, 1000.5] as [Double], shape: [2, 2])
    let sums: [Double] = try a.logSumExp(axis: 1).values()
    #expect(abs(sums[0] - (1 + log(2))) < 1e-12)
    #expect(abs(sums[1] - (1000 + log(1 + exp(0.5)))) < 1e-9)
    #expect(try a.argMax(axis: 1).values() as [Int64] == [0, 1])
    let unit: [Double] = try Tensor.of([3, 4, 0, 0] as [Double], shape: [2, 2]).normalised(axis: 1).values()
    for (value, expected) in zip(unit, [0.6, 0.8, 0, 0]) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test func nothingFlowsThroughDetached() throws {
    let a = try Tensor.of(left, shape: [2, 3])
    try a.setRequiresGradient(true)
    try (a * a.detached()).sum().backward()
    #expect(try #require(try a.gradient).values() as [Double] == left)
  }
}
