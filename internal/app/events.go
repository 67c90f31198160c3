package app

import (
	"context"

	"retake/internal/event"
	"retake/internal/httpapi"
)

// hub shows the event hub as the HTTP side wants to see it; neither knows the other.
type hub struct{ *event.Hub }

// Subscribe begins to listen.
func (h hub) Subscribe(ctx context.Context, namespaces []string, last *int64) (httpapi.Subscription, error) {
	s, err := h.Hub.Subscribe(ctx, namespaces, last)
	if err != nil {
		return nil, err
	}
	return subscription{s}, nil
}

type subscription struct{ *event.Subscription }

// Next waits for the next event.
func (s subscription) Next(ctx context.Context) (httpapi.Message, error) {
	m, err := s.Subscription.Next(ctx)
	if err != nil {
		return httpapi.Message{}, err
	}
	return httpapi.Message{Event: m.Event, Bytes: m.Bytes}, nil
}
