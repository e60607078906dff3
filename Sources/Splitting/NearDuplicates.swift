private import Foundation
private import Records

/// What of a picture is kept to look for its copies: 64-bit hashes of the whole and of its parts.
package struct PictureHashes: Sendable, Hashable {
  package let whole: PerceptualHash
  /// Of the parts and mirrored parts that a copy may show, in the order of the search's windows, the whole first.
  fileprivate let views: [PerceptualHash]

  /// - Parameter search: must be the one that the hashes are used with.
  package init(_ thumbnail: Thumbnail, for search: NearDuplicates) {
    let views = PerceptualHash.hashes(of: thumbnail, in: search.windows)
    whole = views[0]
    self.views = search.findsMirrored ? views : Array(views.prefix(search.windows.count))
  }
}

/// Two pictures of which one is made from the other, or both from a third.
package struct NearDuplicate: Codable, Hashable, Sendable {
  /// Index of the picture that shows more, or as much.
  package var first: Int
  package var second: Int
  /// Bits of 64 in which the hash of the second differs from that of the first, or of the part of it that matched.
  package var bits: Int
  package var isMirrored: Bool
  /// Correlation of edges with one laid on the other; 1 for equal pictures.
  package var correlation: Double

  package init(first: Int, second: Int, bits: Int, isMirrored: Bool, correlation: Double) {
    (self.first, self.second, self.bits) = (first, second, bits)
    (self.isMirrored, self.correlation) = (isMirrored, correlation)
  }
}

/// Finds near-duplicates: candidates by hashes within a radius, each then looked at.
package struct NearDuplicates: Sendable {
  /// Most bits in which hashes of candidates differ.
  package var radius: Int
  /// Least correlation of edges.
  package var minimumCorrelation: Double
  /// Whether parts are hashed too, and the whole a little turned, so that copies with a tenth cut off, and such as were
  /// turned by a few degrees, are found.
  package var findsCuts: Bool
  package var findsMirrored: Bool

  package init(
    radius: Int = 8, minimumCorrelation: Double = 0.93, findsCuts: Bool = true, findsMirrored: Bool = true
  ) {
    self.radius = radius
    self.minimumCorrelation = minimumCorrelation
    self.findsCuts = findsCuts
    self.findsMirrored = findsMirrored
  }

  /// Pictures looked at together by one thread.
  private static let block = 64

  var windows: [ThumbnailWindow] { findsCuts ? ThumbnailWindow.cuts : [.whole] }

  /// Finds the pairs among pictures that are not of one group.
  ///
  /// - Parameters:
  ///   - groups: for each picture the group within which nothing is compared, such as its family.
  ///   - thumbnail: the picture again; asked for candidates alone, on several threads.
  /// - Returns: the pairs in order of the lesser and then the greater index, whatever the order of work.
  package func find(
    _ hashes: [PictureHashes], groups: [Int]? = nil, thumbnail: @Sendable (Int) throws -> Thumbnail
  ) throws -> [NearDuplicate] {
    let candidates = try candidates(hashes, groups: groups)
    let looked = Set(candidates.flatMap { [$0.first, $0.second] }).sorted()
    let thumbnails = try ParallelBlocks.map(of: Self.block, in: looked.count) {
      try $0.map { try thumbnail(looked[$0]) }
    }
    .flatMap { $0 }
    let places = Dictionary(uniqueKeysWithValues: zip(looked, looked.indices))
    let looks = ParallelBlocks.map(of: Self.block, in: candidates.count) { block in
      block.compactMap { index -> NearDuplicate? in
        let candidate = candidates[index]
        guard let whole = places[candidate.first], let part = places[candidate.second] else { return nil }
        return confirmed(candidate, whole: thumbnails[whole], part: thumbnails[part])
      }
    }.flatMap { $0 }
    return looks.sorted { Self.order($0) < Self.order($1) }
  }

  /// How far, in bits, the nearest other picture is that is not of the same group: of every picture, or of `limit` of
  /// them at even steps. By the whole pictures' hashes and their mirrors'.
  ///
  /// - Returns: how many of the pictures looked at have their nearest at each of 0 ... 64 bits.
  package func nearestDistances(_ hashes: [PictureHashes], groups: [Int]? = nil, limit: Int = 2000) -> [Int] {
    let chosen =
      hashes.count <= limit ? Array(hashes.indices) : (0..<limit).map { $0 * hashes.count / limit }
    let mirror = windows.count
    let nearest = ParallelBlocks.map(of: 16, in: chosen.count) { block in
      block.map { place -> Int in
        let index = chosen[place]
        let own = hashes[index].whole.bits
        let mirrored = hashes[index].views.count > mirror ? hashes[index].views[mirror].bits : own
        var least = 65
        for (other, hash) in hashes.enumerated() where other != index && (groups.map { $0[other] != $0[index] } ?? true)
        {
          least = min(least, (hash.whole.bits ^ own).nonzeroBitCount, (hash.whole.bits ^ mirrored).nonzeroBitCount)
        }
        return least
      }
    }.flatMap { $0 }
    return (0...64).map { distance in nearest.count { $0 == distance } }
  }

  // MARK: - Candidates

  private struct Candidate {
    /// Shows as much as the other or more.
    var first: Int
    var second: Int
    var bits: Int
    /// Index of the view of the first that matched.
    var view: Int
  }

  /// Of each pair of pictures the view that matches best; of equally good ones the first.
  private func candidates(_ hashes: [PictureHashes], groups: [Int]?) throws(SplittingError) -> [Candidate] {
    guard let views = hashes.first?.views.count else { return [] }
    let index = HashIndex(hashes.map(\.whole))
    // A picture without contrast is like any other and has the hash 0.
    let isFlat = hashes.map { $0.whole.bits == 0 }
    let matches = try index.matches(of: hashes.flatMap(\.views), within: radius) { query, other in
      let own = query / views
      // Whole and whole match both ways round; one is enough.
      return own != other && !isFlat[own] && !isFlat[other] && (groups.map { $0[own] != $0[other] } ?? true)
        && (query % views > 0 || own < other)
    }
    var best: [HashIndex.Pair: Candidate] = [:]
    for match in matches {
      let (first, second) = (match.query / views, match.index)
      let candidate = Candidate(first: first, second: second, bits: match.distance, view: match.query % views)
      let pair = HashIndex.Pair(min(first, second), max(first, second))
      guard let known = best[pair] else {
        best[pair] = candidate
        continue
      }
      if (candidate.bits, candidate.view, candidate.first) < (known.bits, known.view, known.first) {
        best[pair] = candidate
      }
    }
    return best.sorted { $0.key < $1.key }.map(\.value)
  }

  private func confirmed(_ candidate: Candidate, whole: Thumbnail, part: Thumbnail) -> NearDuplicate? {
    let isMirrored = candidate.view >= windows.count
    var window = windows[candidate.view % windows.count]
    // Parts of a mirrored picture are counted from its own left.
    if isMirrored { (window.x, window.degrees) = (1 - window.scale - window.x, -window.degrees) }
    let correlation = CopyCheck.correlation(of: part, in: isMirrored ? whole.mirrored : whole, from: window)
    guard correlation >= minimumCorrelation else { return nil }
    return NearDuplicate(
      first: candidate.first, second: candidate.second, bits: candidate.bits, isMirrored: isMirrored,
      correlation: correlation)
  }

  private static func order(_ pair: NearDuplicate) -> (Int, Int) {
    (min(pair.first, pair.second), max(pair.first, pair.second))
  }
}
