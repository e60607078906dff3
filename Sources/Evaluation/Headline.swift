internal import Records

/// The one number: the mean, over domains, of the AUC within each.
///
/// Scores of two domains are never compared: one threshold may serve each well and both badly, and a pooled AUC then
/// measures which domain a sample is from.
package struct Headline: Codable, Hashable, Sendable {
  /// The AUC within one domain.
  package struct Domain: Codable, Hashable, Sendable {
    /// As ``Judgement/cell`` names it.
    package var name: String
    package var reals: Int
    package var fakes: Int
    package var realGroups: Int
    package var fakeGroups: Int
    /// `nil` where one class is missing; such a domain is not in the mean.
    package var areaUnderCurve: Double?
  }

  /// `nil` where no domain has both classes.
  package var estimate: Estimate?
  /// The same with items that have no score left out; `nil` where there are none such.
  package var withoutMissing: Double?
  package var domains: [Domain]

  /// - Parameters:
  ///   - items: those that have a score, or were given one.
  ///   - scored: those that have a score.
  init(
    _ items: [Judgement], scored: [Judgement], threshold: Double, bootstrap: BootstrapOptions?
  ) throws(EvaluationError) {
    let areas = try DomainAreas(items, threshold: threshold)
    domains = areas.domains
    estimate = nil
    if let value = areas.detector.mean {
      let draws = bootstrap.flatMap { areas.draws($0) }
      let interval = draws.flatMap { draws in
        let detector = areas.detector
        let columns = draws.columns(seeds: [detector.seeds]) { [detector.mean(weights: $0, seeds: $1[0])] }
        return ConfidenceInterval(columns[0], groups: areas.fewestGroups)
      }
      estimate = Estimate(value, interval)
    }
    withoutMissing =
      scored.count == items.count ? nil : try DomainAreas(scored, threshold: threshold).detector.mean
  }
}

/// Items by domain, for the mean of the areas within each.
struct DomainAreas: Sendable {
  /// One detector's items of those domains that have both classes.
  struct DetectorByDomain: Sendable {
    fileprivate let parts: [(indices: [Int], detector: Detector)]
    var seeds: Int { parts.first?.detector.seeds ?? 1 }
    var mean: Double? { mean(weights: nil, seeds: nil) }

    /// - Parameter weights: of all items.
    func mean(weights: [Int32]?, seeds: [Int]?) -> Double? {
      let areas = parts.map { part in
        part.detector.areaUnderCurve(weights: weights.map { all in part.indices.map { all[$0] } }, seeds: seeds)
      }
      let present = areas.compactMap(\.self)
      return areas.isEmpty || present.count < areas.count ? nil : present.reduce(0, +) / Double(areas.count)
    }
  }

  let domains: [Headline.Domain]
  let detector: DetectorByDomain
  /// Groups of the class that has fewest in a domain, over the domains with both classes.
  let fewestGroups: Int
  private let items: [Judgement]
  private let cells: [String]

  init(_ items: [Judgement], threshold: Double) throws(EvaluationError) {
    var domains: [Headline.Domain] = []
    var parts: [(indices: [Int], detector: Detector)] = []
    var fewest = Int.max
    let members = Dictionary(grouping: items.indices) { items[$0].cell }
    for (name, indices) in members.sorted(by: { $0.key < $1.key }) {
      let inside = indices.map { items[$0] }
      func groups(_ label: Label) -> Int { Set(inside.filter { $0.label == label }.map(\.group)).count }
      let detector = try Detector(inside, threshold: threshold)
      let area = detector.areaUnderCurve()
      let reals = inside.count { $0.label == .real }
      let domain = Headline.Domain(
        name: name, reals: reals, fakes: inside.count - reals, realGroups: groups(.real), fakeGroups: groups(.fake),
        areaUnderCurve: area)
      domains.append(domain)
      guard area != nil else { continue }
      parts.append((indices, detector))
      fewest = min(fewest, domain.realGroups, domain.fakeGroups)
    }
    self.domains = domains
    detector = DetectorByDomain(parts: parts)
    fewestGroups = parts.isEmpty ? 0 : fewest
    self.items = items
    cells = members.keys.sorted()
  }

  /// The draws for all domains together, since a group may be in several; `nil` where a class has too few groups.
  func draws(_ options: BootstrapOptions) -> GroupDraws? {
    guard fewestGroups >= Estimates.fewestGroups else { return nil }
    let places = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($1, $0) })
    return GroupDraws(
      groups: items.map(\.group), kinds: items.map { (places[$0.cell] ?? 0) * 2 + $0.label.rawValue },
      options: options)
  }
}
