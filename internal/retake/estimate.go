package retake

import "slices"

// Estimate is what a request would cost, as far as the prices of its engines are known. What it really cost is in its rows.
type Estimate struct {
	Engines  []EngineEstimate `json:"engines"`
	Totals   []Cost           `json:"totals"`   // one for each currency
	Complete bool             `json:"complete"` // what each engine takes is known
}

// EngineEstimate is what the takes of one engine would cost together.
type EngineEstimate struct {
	Engine   string  `json:"engine"`
	Takes    int     `json:"takes"`
	Cost     *string `json:"cost"` // decimal; nil unless State is Priced
	Currency *string `json:"currency"`
	State    string  `json:"state"` // Free, Priced or PriceUnknown
}

// Cost is a sum of money.
type Cost struct {
	Cost     string `json:"cost"` // decimal
	Currency string `json:"currency"`
}

// NewEstimate returns one of nothing.
func NewEstimate() *Estimate {
	return &Estimate{Engines: []EngineEstimate{}, Totals: []Cost{}, Complete: true}
}

// Add adds the takes of an engine that are shown so many pictures of a clip with a rate each; 0 where that is not known.
func (e *Estimate) Add(info EngineInfo, takes, frames int, own Rate) {
	row := EngineEstimate{Engine: info.Name, Takes: takes, State: info.Pricing()}
	if row.State == Priced {
		cost := Times(info.Price.Of(frames, info.WindowRate(own)), takes)
		if cost == "" {
			row.State = PriceUnknown
		} else {
			row.Cost, row.Currency = &cost, &info.Price.Currency
			e.Totals = AddCost(e.Totals, cost, info.Price.Currency)
		}
	}
	e.Complete = e.Complete && row.State != PriceUnknown
	e.Engines = append(e.Engines, row)
}

// AddCost adds a sum of money to the one of its currency in list, in order of the currencies. What is no decimal counts for nothing.
func AddCost(list []Cost, cost, currency string) []Cost {
	if !IsDecimal(cost) {
		return list
	}
	at, found := slices.BinarySearchFunc(list, currency, func(c Cost, currency string) int {
		switch {
		case c.Currency < currency:
			return -1
		case c.Currency > currency:
			return 1
		}
		return 0
	})
	if !found {
		return slices.Insert(list, at, Cost{Cost: AddCosts(cost), Currency: currency})
	}
	list[at].Cost = AddCosts(list[at].Cost, cost)
	return list
}
