import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventSocket } from '../src/api/socket';

type Message = { seq: number; type: string };

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 1;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;

  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
  }
  hear(message: Message): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  send(): void {
    /* not looked at here */
  }
  close(): void {
    this.closed = true;
  }
}

const last = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;

function open(silenceMs = 600_000, answers?: () => Promise<boolean>): { heard: Message[]; flow: boolean[]; socket: EventSocket<Message> } {
  const heard: Message[] = [];
  const flow: boolean[] = [];
  const socket = new EventSocket<Message>('/api/x', { message: (each) => heard.push(each), flowing: (each) => flow.push(each) }, silenceMs, answers);
  return { heard, flow, socket };
}

describe('the event stream', () => {
  beforeEach(() => {
    FakeSocket.all = [];
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('comes back after a drop and starts from the new snapshot', () => {
    const { heard, flow } = open();
    last().hear({ seq: 7, type: 'snapshot' });
    last().onclose?.({ code: 1006 });
    expect(flow).toEqual([true, false]);
    vi.advanceTimersByTime(5000);
    expect(FakeSocket.all).toHaveLength(2);
    last().hear({ seq: 1, type: 'snapshot' });
    expect(heard).toHaveLength(2);
  });

  it('connects anew when a message is missing', () => {
    const { heard } = open();
    const first = last();
    first.hear({ seq: 1, type: 'snapshot' });
    first.hear({ seq: 3, type: 'comment' });
    expect(first.closed).toBe(true);
    expect(heard).toHaveLength(1);
  });

  it('does not come back when the server says it is over', () => {
    open();
    last().onclose?.({ code: 4000 });
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('takes silence as a drop', async () => {
    const { flow } = open(6000);
    last().hear({ seq: 1, type: 'snapshot' });
    await vi.advanceTimersByTimeAsync(5900);
    expect(flow).toEqual([true]);
    await vi.advanceTimersByTimeAsync(200);
    expect(flow).toEqual([true, false]);
  });

  it('takes silence as a drop only when the server, asked, does not answer', async () => {
    let there = true;
    const { flow } = open(6000, () => Promise.resolve(there));
    last().hear({ seq: 1, type: 'snapshot' });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(flow).toEqual([true]);
    there = false;
    await vi.advanceTimersByTimeAsync(6100);
    expect(flow).toEqual([true, false]);
  });

  it('ends when closed here', () => {
    const { socket } = open();
    socket.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(last().closed).toBe(true);
  });
});
