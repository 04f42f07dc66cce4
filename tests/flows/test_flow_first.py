from tests.support.company import Company

def test_first(settled: Company) -> None:
    o = settled.good()
    print(o)
    import time
    for _ in range(4):
        t=time.time(); settled.good(); print('cycle', time.time()-t)
        t=time.time(); settled.good('invoice_export'); print('export', time.time()-t)
