private import Records

/// What pushes the points of a map apart, by a quadtree: far points are taken together, with their centre for all.
///
/// Points go down the tree eight at a time, neighbours on the map's Z-order curve; a node stands for its points where
/// its extent is less than `theta` times its centre's distance from the box of the eight. Nothing depends on the number
/// of threads: the tree is built by one, and each eight are summed by one.
///
/// Source: Barnes and Hut 1986; van der Maaten 2014 for t-SNE; groups after Barnes 1990.
final class RepulsionTree {
  private struct Node {
    var centre: SIMD2<Float>
    /// Number of points.
    var mass: Float
    /// Square of the longer side of the points' box.
    var squaredExtent: Float
    /// The node after this one and all below it.
    var next: Int32
    /// Points of a leaf, in the tree's order; empty for other nodes.
    var first: Int32
    var end: Int32
  }

  private struct Box {
    var least: SIMD2<Float>
    var greatest: SIMD2<Float>
  }

  private static let lanes = 8
  private static let leafPoints = 6
  private static let levels = 16
  /// Eights that a thread takes at a time.
  private static let blockGroups = 32

  private let squaredTheta: Float
  private let threads: Int
  private var nodes: [Node] = []
  private var order: [UInt64] = []
  private var scratch: [UInt64] = []
  /// Coordinates in the tree's order, the last one repeated to fill up eight.
  private var x: [Float] = []
  private var y: [Float] = []

  init(theta: Double, threads: Int) {
    squaredTheta = Float(theta * theta)
    self.threads = threads
  }

  /// The sum over all other points of (y - y') / (1 + |y - y'|^2)^2 for each point, and of 1 / (1 + |y - y'|^2) over
  /// all ordered pairs.
  func repulsion(_ places: [SIMD2<Float>], into forces: inout [SIMD2<Float>]) -> Double {
    sort(places)
    nodes.removeAll(keepingCapacity: true)
    withSorted { _ = build(0..<places.count, level: 0, $0) }
    let groups = x.count / Self.lanes
    var sums = [Double](repeating: 0, count: groups)
    sums.withUnsafeMutableBufferPointer { sums in
      forces.withUnsafeMutableBufferPointer { forces in
        withSorted { sorted in
          nodes.withUnsafeBufferPointer { nodes in
            let field = Field(sorted: sorted, nodes: nodes, squaredTheta: squaredTheta)
            nonisolated(unsafe) let (sums, forces, work) = (sums, forces, field)
            Parallel.forEachBlock(of: Self.blockGroups, in: groups, threads: threads) { block in
              for group in block { sums[group] = work.repulsion(of: group, into: forces) }
            }
          }
        }
      }
    }
    return sums.reduce(0, +)
  }

  /// The tree and its points, for threads to read.
  private struct Field {
    let sorted: Sorted
    let nodes: UnsafeBufferPointer<Node>
    let squaredTheta: Float

    /// Writes the forces on eight points and gives their part of the sum over pairs.
    func repulsion(of group: Int, into forces: UnsafeMutableBufferPointer<SIMD2<Float>>) -> Double {
      let (x, y, nearness) = sums(of: group)
      var total = 0.0
      for lane in 0..<min(lanes, sorted.codes.count - group * lanes) {
        forces[Int(sorted.codes[group * lanes + lane] & 0xFFFF_FFFF)] = SIMD2(x[lane], y[lane])
        // Less the point's pair with itself.
        total += Double(nearness[lane]) - 1
      }
      return total
    }

    private func sums(of group: Int) -> (x: SIMD8<Float>, y: SIMD8<Float>, nearness: SIMD8<Float>) {
      let (x, y) = (sorted.x, sorted.y)
      let offset = group * lanes * MemoryLayout<Float>.size
      let ownX = UnsafeRawBufferPointer(x).loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
      let ownY = UnsafeRawBufferPointer(y).loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
      let least = SIMD2(ownX.min(), ownY.min())
      let greatest = SIMD2(ownX.max(), ownY.max())
      var (forceX, forceY, sum) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
      var index = 0
      while index < nodes.count {
        let node = nodes[index]
        let away = pointwiseMax(pointwiseMax(least - node.centre, node.centre - greatest), SIMD2())
        if node.squaredExtent < squaredTheta * (away * away).sum() {
          let (dx, dy) = (ownX - node.centre.x, ownY - node.centre.y)
          let nearness = 1 / (1 + dx * dx + dy * dy)
          let weighted = nearness * node.mass
          sum += weighted
          let push = weighted * nearness
          forceX += push * dx
          forceY += push * dy
          index = Int(node.next)
        } else if node.first < node.end {
          for point in Int(node.first)..<Int(node.end) {
            let (dx, dy) = (ownX - x[point], ownY - y[point])
            let nearness = 1 / (1 + dx * dx + dy * dy)
            sum += nearness
            let push = nearness * nearness
            forceX += push * dx
            forceY += push * dy
          }
          index = Int(node.next)
        } else {
          index += 1
        }
      }
      return (forceX, forceY, sum)
    }

    private var lanes: Int { RepulsionTree.lanes }
  }

  // MARK: - Order

  /// Puts the points in Z-order: the code of a point's cell above its index.
  private func sort(_ places: [SIMD2<Float>]) {
    var (least, greatest) = (places[0], places[0])
    for place in places {
      least = pointwiseMin(least, place)
      greatest = pointwiseMax(greatest, place)
    }
    let side = (greatest - least).max()
    let scale = side > 0 ? Float((1 << Self.levels) - 1) / side : 0
    order = [UInt64](unsafeUninitializedCapacity: places.count) { buffer, count in
      for (index, place) in places.enumerated() {
        let cell = (place - least) * scale
        buffer[index] = Self.interleaved(UInt32(cell.x), UInt32(cell.y)) << 32 | UInt64(index)
      }
      count = places.count
    }
    radixSort()
    let padded = (places.count + Self.lanes - 1) / Self.lanes * Self.lanes
    func coordinates(_ part: (SIMD2<Float>) -> Float) -> [Float] {
      [Float](unsafeUninitializedCapacity: padded) { buffer, count in
        for index in 0..<padded {
          buffer[index] = part(places[Int(order[min(index, places.count - 1)] & 0xFFFF_FFFF)])
        }
        count = padded
      }
    }
    x = coordinates { $0.x }
    y = coordinates { $0.y }
  }

  /// The bits of two numbers of 16 bits by turns.
  private static func interleaved(_ x: UInt32, _ y: UInt32) -> UInt64 {
    func spread(_ value: UInt32) -> UInt64 {
      var bits = UInt64(value)
      bits = (bits | bits << 8) & 0x00FF_00FF
      bits = (bits | bits << 4) & 0x0F0F_0F0F
      bits = (bits | bits << 2) & 0x3333_3333
      return (bits | bits << 1) & 0x5555_5555
    }
    return spread(x) | spread(y) << 1
  }

  /// Sorts ``order`` by its upper halves, 11 bits at a time, leaving equals as they stand.
  private func radixSort() {
    if scratch.count != order.count { scratch = order }
    for shift in stride(from: UInt64(32), to: 64, by: 11) {
      var places = [Int](repeating: 0, count: 2048)
      for key in order { places[Int(key >> shift & 2047)] += 1 }
      var sum = 0
      for digit in places.indices { (places[digit], sum) = (sum, sum + places[digit]) }
      scratch.withUnsafeMutableBufferPointer { scratch in
        places.withUnsafeMutableBufferPointer { places in
          for key in order {
            let digit = Int(key >> shift & 2047)
            scratch[places[digit]] = key
            places[digit] += 1
          }
        }
      }
      swap(&order, &scratch)
    }
  }

  // MARK: - Tree

  private struct Sorted {
    let codes: UnsafeBufferPointer<UInt64>
    let x: UnsafeBufferPointer<Float>
    let y: UnsafeBufferPointer<Float>

    /// Which quarter of its cell at `level` a point is in.
    func quarter(_ place: Int, level: Int) -> Int {
      Int(codes[place] >> UInt64(32 + 2 * (RepulsionTree.levels - 1 - level)) & 3)
    }
  }

  private func withSorted(_ body: (Sorted) -> Void) {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        order.withUnsafeBufferPointer { body(Sorted(codes: $0, x: x, y: y)) }
      }
    }
  }

  /// Adds the node of some points, which share the first `level` quarters of their codes, and all below it.
  private func build(_ range: Range<Int>, level: Int, _ sorted: Sorted) -> Box {
    var level = level
    // Quarters that hold all points need no node.
    while level < Self.levels,
      sorted.quarter(range.lowerBound, level: level) == sorted.quarter(range.upperBound - 1, level: level)
    { level += 1 }
    let index = nodes.count
    let isLeaf = range.count <= Self.leafPoints || level == Self.levels
    nodes.append(
      Node(
        centre: SIMD2(), mass: Float(range.count), squaredExtent: 0, next: 0,
        first: isLeaf ? Int32(range.lowerBound) : 0, end: isLeaf ? Int32(range.upperBound) : 0))
    var sum = SIMD2<Float>()
    var box = Box(least: SIMD2(repeating: .infinity), greatest: SIMD2(repeating: -.infinity))
    if isLeaf {
      for place in range {
        let point = SIMD2(sorted.x[place], sorted.y[place])
        sum += point
        box.least = pointwiseMin(box.least, point)
        box.greatest = pointwiseMax(box.greatest, point)
      }
    } else {
      var start = range.lowerBound
      while start < range.upperBound {
        let quarter = sorted.quarter(start, level: level)
        let end = (start + 1..<range.upperBound).partitionIndex { sorted.quarter($0, level: level) > quarter }
        let child = nodes.count
        let part = build(start..<end, level: level + 1, sorted)
        sum += nodes[child].centre * nodes[child].mass
        box.least = pointwiseMin(box.least, part.least)
        box.greatest = pointwiseMax(box.greatest, part.greatest)
        start = end
      }
    }
    let extent = (box.greatest - box.least).max()
    nodes[index].centre = sum / Float(range.count)
    nodes[index].squaredExtent = extent * extent
    nodes[index].next = Int32(nodes.count)
    return box
  }
}
